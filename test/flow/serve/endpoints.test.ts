/** Several endpoints as one: whose word counts, who is given the bytes, and whom nobody waits for. */
import { expect, it } from "vitest";
import type { Broadcast, ChainEndpoint, ChainReceipt } from "../../../src/flow/serve/chain.port.ts";
import { together } from "../../../src/flow/serve/endpoints.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { Fault } from "../../../src/values/errors.ts";
import { parse as parseHex, toBytes } from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";

const raw = parseHex("0x02c0ffee");
const txHash = keccak256(toBytes(raw));
const hashOf = (word: string): ReturnType<typeof keccak256> => keccak256(utf8(word));
const sender = account("sender").address;

function receiptIn(block: string, status: ChainReceipt["status"] = "success"): ChainReceipt {
  return { txHash, blockNumber: 7, blockHash: hashOf(block), status, from: sender, to: sender, logs: [] };
}

type Fake = ChainEndpoint & { readonly sent: string[] };

function fake(says: Partial<ChainEndpoint> = {}): Fake {
  const sent: string[] = [];
  const answer = says.broadcast ?? (() => Promise.resolve<Broadcast>({ kind: "accepted" }));
  return {
    fees: () => Promise.resolve({ baseFeePerGas: fromBigInt(10n), priorityFeePerGas: fromBigInt(1n) }),
    receipt: () => Promise.resolve(undefined),
    knows: () => Promise.resolve(true),
    heads: () => Promise.resolve({ head: 9, finalized: 5 }),
    blockHash: () => Promise.resolve(hashOf("7")),
    close: () => undefined,
    ...says,
    sent,
    broadcast: (bytes) => {
      sent.push(bytes);
      return answer(bytes);
    },
  };
}

const away = (): Promise<never> => Promise.reject(new Fault("chain.no-answer", "it does not answer", "safe"));
const rejects = (code: "nonce-too-low" | "underpriced"): Fake =>
  fake({ broadcast: () => Promise.resolve({ kind: "rejected", code, why: code }) });
const of = (endpoints: readonly ChainEndpoint[], now = { ms: 0 }): ChainEndpoint =>
  together(endpoints, { ticks: () => now.ms, graceMs: 20, restMs: 1_000 });

it("is the endpoint itself when there is one", () => {
  const only = fake();
  expect(of([only])).toBe(only);
});

it("gives the bytes to all, and has them taken when one took them", async () => {
  const all = [rejects("nonce-too-low"), fake(), fake({ broadcast: away })];
  expect(await of(all).broadcast(raw)).toEqual({ kind: "accepted" });
  expect(all.map(({ sent }) => sent)).toEqual([[raw], [raw], [raw]]);
});

it("does not wait long for the others once one took them", async () => {
  const silent = fake({ broadcast: () => new Promise(() => undefined) });
  expect(await of([silent, fake()]).broadcast(raw)).toEqual({ kind: "accepted" });
  expect(silent.sent).toEqual([raw]);
});

it("believes that a nonce is used only when all who answer say so", async () => {
  const low = rejects("nonce-too-low");
  expect(await of([low, rejects("underpriced")]).broadcast(raw)).toMatchObject({ code: "underpriced" });
  expect(await of([low, low]).broadcast(raw)).toMatchObject({ code: "nonce-too-low" });
  expect(await of([fake({ broadcast: away }), low]).broadcast(raw)).toMatchObject({
    code: "nonce-too-low",
    why: "endpoint 1: it does not answer; endpoint 2: nonce-too-low",
  });
  expect(await of([fake({ broadcast: away }), fake({ broadcast: away })]).broadcast(raw)).toMatchObject({
    kind: "unknown",
  });
});

it("takes a receipt that more than half have, and tells when they contradict each other", async () => {
  const has = (receipt: ChainReceipt): Fake => fake({ receipt: () => Promise.resolve(receipt) });
  const [one, lie] = [has(receiptIn("7")), has(receiptIn("7", "reverted"))];
  expect(await of([one, lie, one]).receipt(txHash)).toEqual(receiptIn("7"));
  expect(await of([one, fake(), fake()]).receipt(txHash)).toBeUndefined();
  expect(await of([one, fake()]).receipt(txHash)).toBeUndefined();
  await expect(of([one, lie]).receipt(txHash)).rejects.toMatchObject({
    code: "chain.endpoints-disagree",
    retry: "safe",
  });
});

it("takes the block that more than half name, of those that have one", async () => {
  const names = (word: string | undefined): Fake =>
    fake({ blockHash: () => Promise.resolve(word === undefined ? undefined : hashOf(word)) });
  expect(await of([names("a"), names("b"), names("a")]).blockHash(7)).toBe(hashOf("a"));
  expect(await of([names("a"), names(undefined), names(undefined)]).blockHash(7)).toBe(hashOf("a"));
  expect(await of([names(undefined), names(undefined)]).blockHash(7)).toBeUndefined();
  await expect(of([names("a"), names("b")]).blockHash(7)).rejects.toMatchObject({ code: "chain.endpoints-disagree" });
});

it("takes the middle of fees and heights, and of two the lower", async () => {
  const pays = (base: bigint, tip: bigint): Fake =>
    fake({ fees: () => Promise.resolve({ baseFeePerGas: fromBigInt(base), priorityFeePerGas: fromBigInt(tip) }) });
  expect(await of([pays(1n, 900n), pays(9n, 3n), pays(5n, 2n)]).fees()).toEqual({
    baseFeePerGas: 5n,
    priorityFeePerGas: 3n,
  });
  expect(await of([pays(1n, 9n), pays(900n, 2n)]).fees()).toEqual({ baseFeePerGas: 1n, priorityFeePerGas: 2n });
  const at = (head: number, finalized: number | undefined): Fake =>
    fake({ heads: () => Promise.resolve({ head, finalized }) });
  expect(await of([at(9, 5), at(900, 800), at(8, 4)]).heads()).toEqual({ head: 9, finalized: 5 });
  expect(await of([at(9, undefined), at(9, undefined), at(9, 5)]).heads()).toEqual({ head: 9, finalized: undefined });
});

it("gives a transaction again to whoever lost it, and calls it unknown when nobody has it", async () => {
  const lost = fake({ knows: () => Promise.resolve(false) });
  const kept = fake();
  const both = of([lost, kept]);
  // What was sent before this process began is unknown until it goes out again.
  expect(await both.knows(txHash)).toBe(false);
  await both.broadcast(raw);
  expect(await both.knows(txHash)).toBe(true);
  expect([lost.sent, kept.sent]).toEqual([[raw, raw], [raw]]);
  expect(await of([lost, lost]).knows(txHash)).toBe(false);
});

it("leaves one that does not answer alone for a while, and fails as it does when nobody answers", async () => {
  let asked = 0;
  const silent = fake({
    fees: () => {
      asked += 1;
      return away();
    },
  });
  const now = { ms: 0 };
  const both = of([silent, fake()], now);
  for (const ms of [0, 500, 999]) {
    now.ms = ms;
    await both.fees();
  }
  expect(asked).toBe(1);
  now.ms = 1_000;
  await both.fees();
  expect(asked).toBe(2);
  await expect(of([silent, silent]).fees()).rejects.toMatchObject({ code: "chain.no-answer" });
});
