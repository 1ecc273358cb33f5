/** The life of a nonce with all its real parts: SoftHSM, a chain, processes. A request that ends between its nonce and its signature leaves the lane moving. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { sendAs } from "../../src/adapters/anvil/endpoint.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import type { Proposal } from "../../src/request/proposal.ts";
import { parse as parseAddress } from "../../src/values/address.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import { parse as parseHex } from "../../src/values/hex.ts";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  signAs,
  startAll,
  type Mint,
  type Place,
} from "../place/deployment.ts";
import { mintEvents, totalSupply } from "../place/ledger.ts";

let place: Place;
const mintSelector = keccak256(utf8("mint(address,uint256)")).slice(0, 10);
const gold = (whole: number): bigint => BigInt(whole) * 10n ** 18n;

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

/** A gate ties nothing to a nonce before the witness cosigned the leaf that this run of it began with. */
async function untilHeard(): Promise<void> {
  const gate = connectGate(place.folder.socket);
  await eventually("the gate has the witness's word", async () => (await gate.health()).witnessed.confirmed);
  gate.close();
}

/** A mint that has its nonce and waits for the witness; both processes are stopped in good order, so nothing is in doubt. */
async function endedWithItsNonce(amount: string, round: number): Promise<Mint> {
  const mint = await prepareMint(place, amount, `ENDED-${String(round)}`);
  await untilHeard();
  await place.stop("witness");
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  const { client } = place.person("ida");
  const isTied = ({ nonce }: { readonly nonce: number | null }): boolean => nonce !== null;
  await client.watch(mint.requestId, isTied, { timeoutMs: 30_000 });
  await place.stop("serve");
  await place.stop("gate");
  return mint;
}

/** Straight to the gate, as somebody does who distrusts serve. */
async function cancel({ requestId, statements }: Mint): Promise<void> {
  const { intentHash } = statements[0]![1].message;
  const said = signAs(place, "ida", "Cancellation", { requestId, intentHash: intentHash!, reason: "asked for twice" });
  const gate = connectGate(place.folder.socket);
  expect(await gate.admit(said)).toMatchObject({ kind: "admitted" });
  gate.close();
}

const points = ["nowhere", "gate:token-answered"];

test.each(points.map((point, round) => ({ point, round })))(
  "its nonce is closed by one filler, and the next mint goes on, when the gate dies at $point",
  async ({ point, round }) => {
    const mint = await endedWithItsNonce(String(100 + round), round);
    const mark = join(place.folder.root, `filling-${String(round)}`);
    await place.start("gate", point === "nowhere" ? {} : { KILL_AT: `${point}@1`, KILL_MARK: mark });
    await cancel(mint);
    await place.start("witness");
    await place.start("serve");
    if (point !== "nowhere") {
      await eventually("the gate died", () => existsSync(mark));
      expect(readFileSync(mark, "utf8")).toContain(point);
      expect(await place.ended("gate")).toBe("SIGKILL");
      await place.start("gate");
    }
    const { client } = place.person("ida");
    let done: unknown;
    await eventually("its nonce is closed", async () => {
      const found = await client.request(mint.requestId);
      if (found.kind === "found") done = found.value;
      return found.kind === "found" && found.value.closing?.closed === true;
    });
    expect(done).toMatchObject({
      state: "cancelled",
      nonce: round * 2,
      txHash: null,
      closing: { why: "closed by a filler: nothing of the request was ever sent" },
    });
    const next = await prepareMint(place, String(round + 1), `NEXT-${String(round)}`);
    for (const statement of next.statements) await postUntilDelivered(place, statement);
    const final = await client.watch(next.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
    expect(final).toMatchObject({ nonce: round * 2 + 1 });
    const minted = Array.from({ length: round + 1 }, (_, n) => gold(n + 1));
    expect(await mintEvents(place)).toEqual(minted);
    expect(await totalSupply(place)).toBe(minted.reduce((sum, one) => sum + one, 0n));
  },
);

async function rpc(method: string, ...params: readonly unknown[]): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const answer = await fetch(place.chain.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(await answer.json()).not.toHaveProperty("error");
}

test("a mint that gas left behind is replaced on its nonce by a dearer one, and is mined once", async () => {
  await place.stop("serve");
  const settings = parse(readFileSync(place.folder.serveConfig, "utf8")) as { chains: Record<string, unknown>[] };
  const chains = settings.chains.map((chain) => ({ ...chain, replaceAfter: "4s" }));
  writeFileSync(place.folder.serveConfig, stringify({ ...settings, chains }));
  await place.start("serve");
  const before = await mintEvents(place);
  const mint = await prepareMint(place, "77", "STUCK");
  const { client } = place.person("ida");
  await rpc("evm_setIntervalMining", 0);
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  let first: string | null = null;
  await eventually("it is in the pool", async () => {
    const found = await client.request(mint.requestId);
    if (found.kind === "found" && found.value.state === "broadcast") first = found.value.txHash;
    return first !== null;
  });
  await rpc("anvil_setNextBlockBaseFeePerGas", "0x12a05f2000");
  await rpc("evm_setIntervalMining", 1);
  const final = await client.watch(mint.requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
  expect(final.state).toBe("final");
  expect(final.txHash).not.toBe(first);
  expect((await mintEvents(place)).length).toBe(before.length + 1);
  expect(final.events.filter(({ event }) => event === "replaced").length).toBeGreaterThan(0);
}, 120_000);

/** By whom the demo founded, past the gate: a mint of one unit to somebody. */
async function mintPast(role: boolean): Promise<void> {
  const { token, bank } = place.demo;
  const admin = parseAddress(bank);
  if (role) await grantRole(place.chain.url, { token: parseAddress(token), admin, role: "MINTER_ROLE", to: admin });
  const data = mintSelector + bank.slice(2).padStart(64, "0") + "1".padStart(64, "0");
  await sendAs(place.chain.url, admin, { to: parseAddress(token), data: parseHex(data) });
}

test("a role and a mint that were made past the gate are seen, freeze the asset, and a pause is put before people and signed by nobody", async () => {
  const gate = connectGate(place.folder.socket);
  expect((await gate.health()).frozen).toEqual([]);
  await mintPast(true);
  await eventually("both are known", async () => (await gate.health()).frozen.length === 2);
  const auditor = place.person("audrey").client;
  await auditor.requests({ limit: 1 });
  const { unmatched } = (await auditor.ready()).details as unknown as { readonly unmatched: readonly Proposal[] };
  expect(unmatched.map(({ why }) => / made (.*) of token /.exec(why)?.[1]).sort()).toEqual([
    "a grant of a role",
    "a mint",
  ]);
  const metrics = await (await fetch(`${place.api}/metrics`)).text();
  expect(metrics).toMatch(/^countersign_unmatched_transactions\{asset="GLD"\} [12]$/m);
  const mint = await prepareMint(place, "5", "AFTER");
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
  const { client } = place.person("ida");
  const isFrozen = ({ waitsFor }: { readonly waitsFor: string }): boolean => waitsFor.includes("frozen");
  expect((await client.watch(mint.requestId, isFrozen, { timeoutMs: 60_000 })).nonce).toBeNull();
  // What is proposed is a request like any other, and nobody asked for it yet.
  const { requests } = await auditor.requests({ limit: 100 });
  const asked = requests.filter(({ requestId }) => unmatched.some((one) => one.requestId === requestId));
  expect(asked).toEqual([]);
  gate.close();
}, 120_000);
