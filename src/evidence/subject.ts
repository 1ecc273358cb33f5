/** The names of what observers observe and attestors attest. */
import type { Address } from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Name } from "../values/name.ts";

/** Facts of a subject: token → codehash, implementation, supply, paused; account → nonce; tx → outcome. */
export type FactName = "codehash" | "implementation" | "supply" | "paused" | "nonce" | "outcome";

export const token = (address: Address): string => `token:${address}`;
export const account = (address: Address): string => `account:${address}`;
export const transactionPrefix = "tx:";
export const transaction = (hash: Bytes32): string => `${transactionPrefix}${hash}`;

/** What one unit of an asset costs. */
export const price = (asset: Name, quote: Name): string => `${asset}/${quote}`;
/** Whether the holder of an address is verified. */
export const identityPrefix = "address:";
export const identity = (address: Address): string => `${identityPrefix}${address}`;
/** The document behind the reference of a request. */
export const documentPrefix = "reference:";
export const document = (reference: string): string => `${documentPrefix}${reference}`;

/** The hash of a transaction's subject; undefined for any other subject. */
export function transactionIn(about: string): Bytes32 | undefined {
  const text = about.startsWith(transactionPrefix) ? about.slice(transactionPrefix.length) : "";
  return bytes32.is(text) ? text : undefined;
}

/** Key of an agreed fact in `Facts.observed`. */
export const factKey = (subject: string, fact: FactName): string => `${subject} ${fact}`;
