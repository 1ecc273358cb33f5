/** The names of what observers observe. */
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";

/** Facts of a subject: token → codehash, implementation, supply, paused; account → nonce; tx → outcome. */
export type FactName = "codehash" | "implementation" | "supply" | "paused" | "nonce" | "outcome";

export const token = (address: Address): string => `token:${address}`;
export const account = (address: Address): string => `account:${address}`;
export const transactionPrefix = "tx:";
export const transaction = (hash: Bytes32): string => `${transactionPrefix}${hash}`;

/** Key of an agreed fact in `Facts.observed`. */
export const factKey = (subject: string, fact: FactName): string => `${subject} ${fact}`;
