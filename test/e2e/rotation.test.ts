/** A managed key is followed by another, with every real part: ceremony, roster, policy, role on the chain, a mint to prove it, and the old key gone. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendAs, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import type { Demo } from "../../src/compose/dev/found.ts";
import { documentName } from "../../src/genesis/genesis.ts";
import { readPolicyDocument } from "../../src/policy/document/document.ts";
import type { Roster } from "../../src/roster/roster.ts";
import { rosterSchema } from "../../src/roster/roster.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import { hash, parseStrict } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { rpcOf } from "../place/chain.ts";
import {
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  startAll,
  type Place,
  type RequestAsked,
} from "../place/deployment.ts";
import { mintEvents } from "../place/ledger.ts";
import { refound } from "../place/refound.ts";
import { countersign, type Said } from "../unit/cli/terminal.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;
let record: string;
let added: Roster["keys"][number];
let administrator: string;

/** A key on the demo's token, by the command that makes one. */
async function keygen(demo: Demo, name: string, ...words: readonly string[]): Promise<Roster["keys"][number]> {
  const args = ["hsm", "keygen", "--config", demo.tokenConfig, "--label", `countersign/demo/${name}/1`, ...words];
  const made = await countersign([...args, "--json"], { now: Math.floor(Date.now() / 1000) });
  expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: [] });
  const { account, publicKey } = JSON.parse(made.out.join("\n")) as Record<string, string>;
  return rosterSchema.shape.keys.element.parse({ id: name, account, publicKey, backend: "pkcs11" });
}

/** The number of the role that may grant every other (OpenZeppelin AccessControl). */
const defaultAdminRole = `0x${"00".repeat(32)}`;

/**
 * Two officers change things at once; no roster adds a key without its ceremony. A key of its own holds the administrator's role, and
 * the policy lets it change who may mint, and nothing else.
 */
async function strict(folder: DevFolder, demo: Demo, chainUrl: string): Promise<void> {
  const admin = await keygen(demo, "hsm-admin", "--alone");
  const change = {
    tighten: { quorum: { group: "officers", min: 1 } },
    loosen: { quorum: { group: "officers", min: 2 } },
  };
  const roles = {
    id: "minters",
    when: { operation: { in: ["grantRole", "revokeRole"] }, initiator: { group: "issuers" } },
    tiers: [{ upTo: "max", quorum: { group: "officers", min: 2 }, sign: "hsm-admin" }],
  };
  await refound(folder, {
    policy: (policy) => ({ ...policy, change, rules: [...policy.rules, roles] }),
    genesis: (genesis) => ({
      ...genesis,
      change,
      keyCeremonies: "required",
      roster: { ...genesis.roster, keys: [...genesis.roster.keys, admin] },
    }),
  });
  const contract = new Interface(["function grantRole(bytes32 role, address account)"]);
  const data = contract.encodeFunctionData("grantRole", [defaultAdminRole, admin.account]);
  await sendAs(chainUrl, demo.bank, { to: demo.token, data: parseHex(data.toLowerCase()) });
  await setBalance(chainUrl, admin.account, 10n ** 20n);
  administrator = admin.account;
}

beforeAll(async () => {
  place = await openDeployment(strict);
  record = join(place.folder.root, "hsm-2.record.json");
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

/** A command as somebody, against the running service. */
function as(id: string, args: readonly string[]): Promise<Said> {
  return countersign(args, {
    now: Math.floor(Date.now() / 1000),
    env: {
      COUNTERSIGN_API: place.api,
      COUNTERSIGN_CREDENTIAL: place.folder.people(id),
      COUNTERSIGN_GENESIS: place.folder.genesis,
    },
  });
}

async function expectYes(id: string, args: readonly string[]): Promise<void> {
  const said = await as(id, args);
  expect({ args, code: said.code, err: said.err }).toEqual({ args, code: 0, err: [] });
}

async function rosterWith(keys: (keys: Roster["keys"]) => Roster["keys"], file: string): Promise<string> {
  const { document } = await place.person("otto").client.roster();
  const roster = rosterSchema.parse(document);
  const { version } = roster;
  const next = { ...roster, version: version + 1, previous: documentName(hash(document)), keys: keys(roster.keys) };
  const path = join(place.folder.root, file);
  writeFileSync(path, JSON.stringify(toWire(next)));
  return path;
}

function hashOf(file: string): string {
  return hash(parseStrict(readFileSync(file, "utf8")));
}

const rosterVersion = async (): Promise<number> => (await place.person("otto").client.roster()).version;

/** To its end, as everybody sees it. */
async function ask(asked: RequestAsked): Promise<string> {
  const request = await prepareRequest(place, asked);
  for (const statement of request.statements) await postUntilDelivered(place, statement);
  const ended = (state: string): boolean => ["final", "refused"].includes(state);
  const { client } = place.person("ida");
  return (await client.watch(request.requestId, ({ state }) => ended(state), { timeoutMs: 60_000 })).state;
}

const mint = (amount: string, reference: string, account: string): Promise<string> =>
  ask({ amount, reference, account });

/** Who may mint is a request like any other: an issuer asks, two officers approve, the key of the administrator signs. */
function changeMinter(operation: "grantRole" | "revokeRole", to: string): Promise<string> {
  const approvers = ["otto", "olga"];
  return ask({ operation, to, reference: `${operation}-${to.slice(2, 8)}`, account: administrator, approvers });
}

async function mayMint(account: string): Promise<boolean> {
  const contract = new Interface(["function hasRole(bytes32 role, address account) view returns (bool)"]);
  const data = contract.encodeFunctionData("hasRole", [keccak256(utf8("MINTER_ROLE")), account]);
  const answer = await rpcOf(place.chain.url, "eth_call", { to: place.demo.token, data }, "latest");
  return BigInt(String(answer)) === 1n;
}

test("the key that there is mints", async () => {
  expect(await mint("1", "BEFORE", place.demo.account)).toBe("final");
});

test("a new key is made by two people on the same token, which the gate knows once it is started again", async () => {
  await place.stop("gate");
  added = await keygen(place.demo, "hsm-2", "--operator", "otto", "--operator", "olga", "--record", record);
  const { key } = JSON.parse(readFileSync(record, "utf8")) as { key: object };
  expect(key).toMatchObject({ name: "hsm-2", account: added.account, publicKey: added.publicKey });
  await place.start("gate");
});

test("no roster brings it before both have signed its record", async () => {
  const roster = await rosterWith((keys) => [...keys, added], "roster-2.json");
  const early = await as("otto", [
    "roster",
    "propose",
    roster,
    "--yes",
    "--save",
    join(place.folder.root, "early.json"),
  ]);
  expect(early.code).toBe(1);
  expect(early.out.join(" ")).toContain("ceremony.missing");
  await expectYes("otto", ["hsm", "sign", record, "--yes"]);
  const half = await as("otto", ["roster", "propose", roster, "--yes", "--save", join(place.folder.root, "half.json")]);
  expect(half.out.join(" ")).toContain("ceremony.missing");
  await expectYes("olga", ["hsm", "sign", record, "--yes"]);
  await expectYes("otto", ["roster", "propose", roster, "--yes"]);
  expect(await rosterVersion()).toBe(1);
  await expectYes("olga", ["change", "sign", hashOf(roster), "--yes"]);
  await expect.poll(rosterVersion, { timeout: 30_000 }).toBe(2);
});

test("it is let mint by a request that two officers approve, and the policy sends mints to it", async () => {
  expect(await mayMint(added.account)).toBe(false);
  expect(await changeMinter("grantRole", added.account)).toBe("final");
  expect(await mayMint(added.account)).toBe(true);
  await setBalance(place.chain.url, added.account, 10n ** 20n);
  const { client } = place.person("otto");
  const [shown] = await client.policies();
  if (shown === undefined) throw new Error("a policy is in force");
  const policy = readPolicyDocument(shown.document);
  const sent = JSON.parse(JSON.stringify(toWire(policy.rules)).replaceAll('"sign":"hsm-mint"', '"sign":"hsm-2"')) as [];
  const next = { ...policy, version: 2, previous: documentName(shown.hash), rules: sent };
  const path = join(place.folder.root, "GLD-2.json");
  writeFileSync(path, JSON.stringify(toWire(next)));
  await expectYes("otto", ["policy", "propose", path, "--yes"]);
  await expectYes("omar", ["change", "sign", hash(toWire(next)), "--yes"]);
  await expect.poll(async () => (await client.policies())[0]?.version, { timeout: 30_000 }).toBe(2);
});

test("the new key proves itself by a mint, and the old one signs nothing more", async () => {
  expect(await mint("2", "PROOF", added.account)).toBe("final");
  expect(await mint("3", "OLD", place.demo.account)).toBe("refused");
  expect(await mintEvents(place)).toEqual([gold(1), gold(2)]);
});

test("the old key loses its role on the chain and its place in the roster", async () => {
  expect(await changeMinter("revokeRole", place.demo.account)).toBe("final");
  expect(await mayMint(place.demo.account)).toBe(false);
  const roster = await rosterWith((keys) => keys.filter(({ id }) => id !== "hsm-mint"), "roster-3.json");
  await expectYes("otto", ["roster", "propose", roster, "--yes"]);
  await expectYes("olga", ["change", "sign", hashOf(roster), "--yes"]);
  await expect.poll(rosterVersion, { timeout: 30_000 }).toBe(3);
  expect(await mint("4", "AFTER", added.account)).toBe("final");
  expect(await mintEvents(place)).toEqual([gold(1), gold(2), gold(4)]);
});

test("the log holds, the ceremony in it", async () => {
  const said = await as("audrey", ["log", "verify"]);
  expect({ code: said.code, err: said.err }).toEqual({ code: 0, err: [] });
  expect(said.out.join("\n")).toContain("1 of 1 key ceremonies are signed by both who were there");
});
