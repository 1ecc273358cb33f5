/** Rows for tests of the journal, every field settable. */
import type { Allocation, Journal, StoredObservation, StoredStatement } from "../../../src/flow/gate/journal.port.ts";
import type { Entry, Unsigned } from "../../../src/log/entry.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import * as chainId from "../../../src/values/chain-id.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import * as instant from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";

export const at = (seconds: number): instant.Instant => instant.parse(seconds);
export const id = (number: number): bytes32.Bytes32 => bytes32.parse(`0x${number.toString(16).padStart(64, "0")}`);
export const account = (number: number): address.Address => address.parse(`0x${number.toString(16).padStart(40, "0")}`);
export const units = (number: bigint): amount.Amount => amount.fromBigInt(number);
export const called = (text: string): name.Name => name.parse(text);

export function leaf(number = 0, seconds = 1): Entry {
  return { kind: "activation", epoch: 1, instant: at(seconds), document: id(number), statements: [] };
}

const proof = { kind: "key", signature: parseHex(`0x${"ab".repeat(64)}`) } as const;

export function statement(number: number, change: Partial<StoredStatement> = {}): StoredStatement {
  const envelope = {
    kind: "Cancellation" as const,
    message: { requestId: id(1), intentHash: id(2), reason: "no longer wanted" },
    credential: called("carl-key"),
    proof,
  };
  const fixed = { kind: "Cancellation", about: id(1), member: called("carl"), at: at(5), leaf: 0 } as const;
  return { hash: id(number), ...fixed, envelope, attachment: undefined, ...change };
}

export function observation(
  number: number,
  change: Partial<StoredObservation> & { readonly blockTime?: number; readonly expiresAt?: number } = {},
): Omit<StoredObservation, "leaf"> {
  const { blockTime = number, expiresAt = 1_000_000, ...rest } = change;
  const envelope = {
    kind: "ChainObservation" as const,
    message: { blockTime, expiresAt, blockNumber: number, value: "1" },
    credential: called("olga-key"),
    proof,
  };
  const fixed = { chainId: 1, subject: "token:0x", fact: "supply", observer: called("olga"), at: at(5) };
  return { hash: id(number), ...fixed, blockNumber: number, envelope, ...rest };
}

export function allocation(number: number, change: Partial<Allocation> = {}): Allocation {
  return {
    requestId: id(number),
    chainId: 1,
    account: account(7),
    nonce: number,
    key: called("hsm-mint"),
    asset: called("GLD"),
    operation: "mint",
    reference: `receipt-${String(number)}`,
    initiator: called("ida"),
    to: account(8),
    amount: amount.max,
    feeCeilingWei: units(10n),
    at: at(100 + number),
    leaf: 0,
    outcome: "open",
    outcomeBlock: undefined,
    ...change,
  };
}

export const unsigned: Unsigned = {
  chainId: chainId.parse(1),
  nonce: 0,
  to: account(9),
  value: amount.zero,
  data: parseHex("0x40c10f19"),
  gasLimit: units(100_000n),
  maxFeePerGas: units(2n),
  maxPriorityFeePerGas: units(1n),
};

/** A journal whose first leaf exists, so that rows may name it. */
export function withLeaf(journal: Journal): Journal {
  journal.append(leaf());
  return journal;
}
