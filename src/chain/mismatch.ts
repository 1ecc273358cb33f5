/** What differs between an event that was approved and one that was seen, and how the words of an event are read. */
import * as address from "../values/address.ts";
import type { Address } from "../values/address.ts";
import { keccak256, utf8 } from "../values/digest.ts";

export type OutcomeField =
  "sender" | "contract" | "event" | "from" | "to" | "amount" | "account" | "identity" | "claim" | "multiplier";

export type Mismatch = {
  readonly kind: "mismatch";
  /** The first thing that differs; a person has to look at it. */
  readonly field: OutcomeField;
  readonly expected: string;
  readonly seen: string;
};

export const mismatch = (field: OutcomeField, expected: string, seen: string): Mismatch => ({
  kind: "mismatch",
  field,
  expected,
  seen,
});

/** The first topic of an event (Solidity ABI). */
export const topic = (signature: string): string => keccak256(utf8(signature));

/** A 32-byte word whose first twelve bytes are zero. */
export function readAddress(word: string | undefined): Address | undefined {
  return word !== undefined && /^0x0{24}[0-9a-f]{40}$/.test(word) ? address.parse(`0x${word.slice(26)}`) : undefined;
}

export function times(count: number, what: string): string {
  return count === 0 ? `no ${what}` : `${count} ${what}`;
}
