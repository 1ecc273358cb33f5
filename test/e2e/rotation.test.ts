/** A managed key is followed by another, with every real part: ceremony, roster, policy, role on the chain, a mint to prove it, and the old key gone. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { sendAs, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import { documentName } from "../../src/genesis/genesis.ts";
import { readPolicyDocument } from "../../src/policy/document/document.ts";
import type { Roster } from "../../src/roster/roster.ts";
import { rosterSchema } from "../../src/roster/roster.ts";
import { parse as parseAddress } from "../../src/values/address.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import { hash, parseStrict } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { openDeployment, postUntilDelivered, prepareRequest, startAll, type Place } from "../place/deployment.ts";
import { mintEvents } from "../place/ledger.ts";
import { refound } from "../place/refound.ts";
import { countersign, type Said } from "../unit/cli/terminal.ts";

const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;
let place: Place;
let record: string;
let added: Roster["keys"][number];

/** Two officers change things at once; no roster adds a key without its ceremony. */
function strict(folder: DevFolder): Promise<void> {
  const change = {
    tighten: { quorum: { group: "officers", min: 1 } },
    loosen: { quorum: { group: "officers", min: 2 } },
  };
  refound(folder, {
    policy: (policy) => ({ ...policy, change }),
    genesis: (genesis) => ({ ...genesis, change, keyCeremonies: "required" }),
  });
  return Promise.resolve();
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

async function mint(amount: string, reference: string, account: string): Promise<string> {
  const request = await prepareRequest(place, { amount, reference, account });
  for (const statement of request.statements) await postUntilDelivered(place, statement);
  const ended = (state: string): boolean => ["final", "refused"].includes(state);
  const { client } = place.person("ida");
  return (await client.watch(request.requestId, ({ state }) => ended(state), { timeoutMs: 60_000 })).state;
}

/** What the token's administrator does outside: no operation of ours grants or revokes. */
async function revoke(account: string): Promise<void> {
  const contract = new Interface(["function revokeRole(bytes32 role, address account)"]);
  const data = contract.encodeFunctionData("revokeRole", [keccak256(utf8("MINTER_ROLE")), account]);
  await sendAs(place.chain.url, place.demo.bank, { to: place.demo.token, data: parseHex(data.toLowerCase()) });
}

test("the key that there is mints", async () => {
  expect(await mint("1", "BEFORE", place.demo.account)).toBe("final");
});

test("a new key is made by two people on the same token, which the gate knows once it is started again", async () => {
  await place.stop("gate");
  const config = ["--config", place.demo.tokenConfig, "--label", "countersign/demo/hsm-2/1"];
  const made = await countersign(
    ["hsm", "keygen", ...config, "--operator", "otto", "--operator", "olga", "--record", record, "--json"],
    { now: Math.floor(Date.now() / 1000) },
  );
  expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: [] });
  const { key } = JSON.parse(readFileSync(record, "utf8")) as { key: Record<string, string> };
  const { name, account, publicKey } = key;
  added = rosterSchema.shape.keys.element.parse({ id: name, account, publicKey, backend: "pkcs11" });
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

test("the token's administrator gives it the role, and the policy sends mints to it", async () => {
  await grantRole(place.chain.url, {
    token: place.demo.token,
    admin: place.demo.bank,
    role: "MINTER_ROLE",
    to: added.account,
  });
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
  await revoke(parseAddress(place.demo.account));
  const roster = await rosterWith((keys) => keys.filter(({ id }) => id === "hsm-2"), "roster-3.json");
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
