/** A feed of reserves in whole processes: two observers read it, SoftHSM signs on it, and nothing is signed once it is stale, stuck at a bound or a round back. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendAs, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import { chainReader } from "../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../src/adapters/json-rpc/connection.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import type { ChainReader } from "../../src/flow/observe/chain-reader.port.ts";
import { readFeed } from "../../src/evidence/feed.ts";
import { parse as parseAddress, type Address } from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import { account } from "../place/account.ts";
import { localChain } from "../place/chain.ts";
import {
  attest,
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  type Place,
} from "../place/deployment.ts";
import { description, ounces, vaultFeed } from "../place/feeds.ts";
import { refound } from "../place/refound.ts";

const run = promisify(execFile);
const keeper = account("whoever keeps the feed").address;
const shape = JSON.parse(readFileSync(new URL("../contracts/feed-shape.json", import.meta.url), "utf8")) as {
  abi: never;
  bytecode: string;
};
const abi = new Interface(shape.abi);
let place: Place;
let reader: ChainReader;
let feed: Address;

beforeAll(async () => {
  place = await openDeployment(async (folder, _, url) => {
    await setBalance(url, keeper, 10n ** 20n);
    const data = parseHex(shape.bytecode + abi.encodeDeploy([8, description]).slice(2));
    feed = parseAddress((await sendAs(url, keeper, { data })).contractAddress!.toLowerCase());
    reader = chainReader(connect({ url, chainId: localChain }));
    const codehash = await reader.codeHash(feed, await reader.head());
    const vault = { ...vaultFeed, chain: localChain, address: feed, codehash };
    const unsaid = { never: undefined, always: undefined, tests: undefined };
    await refound(folder, {
      policy: (policy) => ({
        ...policy,
        ...unsaid,
        feeds: { vault },
        guards: policy.guards!.map((guard) =>
          guard.require?.evidence === "reserve" ? { ...guard, require: { ...guard.require, feeds: ["vault"] } } : guard,
        ),
      }),
      genesis: (genesis) => genesis,
    });
  });
  await Promise.all([place.start("gate"), place.start("witness"), place.start("serve")]);
  await Promise.all([place.start("observer-1"), place.start("observer-2"), attest(place, "10000")]);
});
afterAll(async () => {
  reader.close();
  await place.close();
});

type Told = { readonly answer?: string; readonly updatedAt?: number };
/** The keeper's word. */
async function tell(round: number, { answer = ounces(1_000), updatedAt }: Told = {}): Promise<void> {
  const at = updatedAt ?? (await reader.head()).time;
  const data = parseHex(abi.encodeFunctionData("tell", [round, answer, at, round]).toLowerCase());
  await sendAs(place.chain.url, keeper, { to: feed, data });
}

type Asked = { readonly requestId: Bytes32; readonly approve: () => Promise<void> };
/** Asked for, and not agreed to yet. */
async function ask(reference: string, amount = "10"): Promise<Asked> {
  const { requestId, statements } = await prepareMint(place, amount, reference);
  const [submission, ...approvals] = statements;
  await postUntilDelivered(place, submission!);
  return {
    requestId,
    approve: async () => {
      for (const statement of approvals) await postUntilDelivered(place, statement);
    },
  };
}

async function final(requestId: Bytes32): Promise<void> {
  const { client } = place.person("ida");
  const { state } = await client.watch(requestId, (view) => view.state === "final", { timeoutMs: 60_000 });
  expect(state).toBe("final");
}

async function failing(requestId: Bytes32): Promise<readonly string[]> {
  const found = await place.person("ida").client.decision(requestId);
  return found.kind === "absent" ? [] : found.value.clauses.filter(({ ok }) => !ok).map(({ id }) => id);
}

/** Once enough observers have said it people agree, and the clause alone still keeps it back. */
async function waits({ requestId, approve }: Asked, ...clauses: readonly string[]): Promise<void> {
  await eventually(`${clauses.join(" and ")} keeps it waiting`, async () =>
    failing(requestId).then((ids) => clauses.every((clause) => ids.includes(clause))),
  );
  await approve();
  await eventually("nothing else does", async () => (await failing(requestId)).join(" ") === clauses.join(" "));
  const found = await place.person("ida").client.request(requestId);
  expect(found.kind === "found" && ["submitted", "pending"].includes(found.value.state)).toBe(true);
}

const cover = "guard.reserves-cover";
const guard = `${cover}.feed.vault`;

test("a mint passes on the feed's figure, and its bundle shows it to a stranger", async () => {
  await tell(7);
  const { requestId, approve } = await ask("A");
  await approve();
  await final(requestId);
  const { client, deploymentId } = place.person("audrey");
  const bundle = await client.bundle(requestId);
  const file = bundle.kind === "found" ? bundle.value : null;
  const verdict = verifyBundle(file, deploymentId, nobleChecks);
  expect(verdict.kind).toBe("verified");
  const { report } = verdict as Extract<typeof verdict, { kind: "verified" }>;
  const seen = report.facts.find(({ fact }) => fact === `feed:${feed} round`);
  expect(seen?.by).toMatch(/^2 observers/);
  expect(readFeed(seen!.value.replace(/ at block [0-9]+$/, ""))).toMatchObject({ round: "7", answer: ounces(1_000) });
  expect(report.facts).toContainEqual(expect.objectContaining({ fact: `highest round of feed:${feed}`, value: "7" }));
});

test("nothing passes on a figure at its bound, of an earlier round, or too old, and each waits for a sound one", async () => {
  await tell(8, { answer: ounces(1_000_000) });
  const stuck = await ask("B");
  await waits(stuck, `${guard}.round`, cover);
  await tell(6);
  const back = await ask("C");
  await waits(back, `${guard}.round`, cover);
  await tell(9, { updatedAt: (await reader.head()).time - 26 * 3_600 });
  const old = await ask("D");
  await waits(old, `${guard}.age`, cover);
  const page = (
    await run(process.execPath, [
      ...["src/main.ts", "asset", "show", "GLD", "--api", place.api, "--genesis", place.folder.genesis],
      ...["--credential", place.folder.people("audrey")],
    ])
  ).stdout;
  expect(page).toMatch(/feed vault/);
  await tell(10);
  for (const { requestId } of [stuck, back, old]) await final(requestId);
});

test("no more passes than the feed says, whatever is attested", async () => {
  await tell(11, { answer: ounces(50) });
  await waits(await ask("E", "20"), cover);
});
