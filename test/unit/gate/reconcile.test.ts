/** What is unmatched between a log and a chain, by words. */
import { describe, expect, it } from "vitest";
import { reconcile, type ChainSide, type LogSide, type SignedInLog } from "../../../src/gate/reconcile.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { account } from "../../place/account.ts";
import { localChain } from "../../place/chain.ts";
import { mintOf } from "../../contract/json-rpc/signing.ts";
import { goldDeployment, idOf, intentOf } from "../../place/gold.ts";

const token = account("token").address;
const minter = account("minter");
const { transaction, hash: txHash } = mintOf({ token, minter }, 7);
const requestId = idOf("a request");
const submission = {
  ...intentOf(goldDeployment(), { now: 1_800_000_000 }),
  ...{ account: minter.address, to: account("bank").address },
} as SignedInLog["submission"];
const signed: SignedInLog = { txHash, requestId, account: minter.address, transaction, isFiller: false, submission };
const log: LogSide = {
  from: parseInstant(1),
  until: parseInstant(2),
  tokens: [{ token, chainId: localChain }],
  accounts: [minter.address],
  signed: [signed],
};
const word = (hex: string): never => `0x${hex.slice(2).padStart(64, "0")}` as never;
const transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef" as never;
const logOf = (amount: bigint) => ({
  address: token,
  topics: [transfer, word("0x0"), word(submission.to)],
  data: word(`0x${amount.toString(16)}`),
});
const receipt = {
  ...{ txHash, blockNumber: 9, blockHash: idOf("block"), status: "success" as const },
  ...{ from: minter.address, nonce: 7, to: token, logs: [logOf(submission.amount)] },
};
const event = { token, txHash, blockNumber: 9, what: "a mint" };
const chain: ChainSide = {
  chainId: localChain,
  events: [event],
  receipts: new Map([[txHash, receipt]]),
  used: [{ account: minter.address, first: 7, next: 8 }],
};

describe("a log and a chain", () => {
  it("match when every event and nonce is a request's, and did what was approved", () => {
    expect(reconcile(log, chain)).toEqual({ events: 1, nonces: 1, unmatched: [] });
  });

  it("do not when an event has no leaf", () => {
    const stranger = { ...event, txHash: idOf("stranger") };
    expect(reconcile(log, { ...chain, events: [event, stranger] }).unmatched).toEqual([
      { what: `a mint of ${token} in block 9`, why: `transaction ${stranger.txHash} is in no leaf of the log` },
    ]);
  });

  it("do not when our own transaction did something else", () => {
    const other = { ...receipt, logs: [logOf(1n)] };
    const [found] = reconcile(log, { ...chain, receipts: new Map([[txHash, other]]) }).unmatched;
    expect(found?.what).toBe(`transaction ${txHash} in block 9`);
    expect(found?.why).toBe(`amount is 1, not ${String(submission.amount)} as request ${requestId} has it`);
  });

  it("do not when another transaction used a nonce that we signed, or one that we did not", () => {
    const lost = reconcile(log, { ...chain, events: [], receipts: new Map() }).unmatched;
    expect(lost).toEqual([
      {
        what: `nonce 7 of ${minter.address}`,
        why: "it was used by another transaction than those that the log has signatures of",
      },
    ]);
    const more = reconcile(log, { ...chain, used: [{ account: minter.address, first: 7, next: 9 }] }).unmatched;
    expect(more).toEqual([
      { what: `nonce 8 of ${minter.address}`, why: "it was used, and no leaf of the log has a signature on it" },
    ]);
  });

  it("leave a signature of another chain alone", () => {
    const { unmatched } = reconcile(log, { ...chain, chainId: 5, events: [], used: [] });
    expect(unmatched).toEqual([]);
  });
});
