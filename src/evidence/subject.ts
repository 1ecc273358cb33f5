/** The names of what observers observe and attestors attest. */
import type { Address } from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Name } from "../values/name.ts";

/**
 * Facts of a subject: token → codehash, implementation, supply, paused, decimals, registries, multiplier, sanctions; holder → frozen, verified, country, identity, allowance;
 * role → held; contract → codehash; holders at a block → holders; feed → round; account → nonce; tx → outcome; a transaction with
 * events of a token → event.
 */
export type FactName =
  | "codehash"
  | "implementation"
  | "supply"
  | "paused"
  | "decimals"
  | "registries"
  | "multiplier"
  | "sanctions"
  | "frozen"
  | "verified"
  | "country"
  | "identity"
  | "allowance"
  | "holders"
  | "held"
  | "round"
  | "nonce"
  | "outcome"
  | "event";

export const token = (address: Address): string => `token:${address}`;
export const account = (address: Address): string => `account:${address}`;
/** Somebody as the token knows them: what of theirs is frozen, whether they are verified, where they are from, how much they may still mint. */
export const holder = (token: Address, address: Address): string => `holder:${token}:${address}`;
/** A role of a token, by its name in the token's profile, and somebody who may hold it. */
export const role = (token: Address, name: string, holder: Address): string => `role:${token}:${name}:${holder}`;
/** A contract that an intent names beside the token. */
export const contract = (address: Address): string => `contract:${address}`;
/** A feed of reserves or prices that a policy reads. */
export const feed = (address: Address): string => `feed:${address}`;
/** Who held a token at the end of a block, and how much. */
export const holders = (
  token: Address,
  { recordBlock, recordHash }: { readonly recordBlock: number; readonly recordHash: Bytes32 },
): string => `holders:${token}:${recordBlock}:${recordHash}`;
export const transactionPrefix = "tx:";
export const transaction = (hash: Bytes32): string => `${transactionPrefix}${hash}`;
/** A transaction in which a token said that its supply or its rulers changed. */
export const event = (token: Address, txHash: Bytes32): string => `event:${token}:${txHash}`;

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

/** Token and holder of a holder's subject; undefined for any other subject. */
export function holderIn(about: string): { readonly token: Address; readonly holder: Address } | undefined {
  const [prefix, token, holder, ...rest] = about.split(":");
  if (prefix !== "holder" || !isAddress(token) || !isAddress(holder) || rest.length > 0) return undefined;
  return { token, holder };
}

/** Token and block of a subject of holders; undefined for any other subject. */
export function holdersIn(
  about: string,
): { readonly token: Address; readonly recordBlock: number; readonly recordHash: Bytes32 } | undefined {
  const [prefix, token, height = "", recordHash = "", ...rest] = about.split(":");
  if (prefix !== "holders" || !isAddress(token) || !bytes32.is(recordHash) || rest.length > 0) return undefined;
  return /^(?:0|[1-9][0-9]{0,14})$/.test(height) ? { token, recordBlock: Number(height), recordHash } : undefined;
}

export type RoleSubject = { readonly token: Address; readonly role: string; readonly holder: Address };

/** Token, role and holder of a role's subject; undefined for any other subject. */
export function roleIn(about: string): RoleSubject | undefined {
  const [prefix, token, name = "", holder, ...rest] = about.split(":");
  if (prefix !== "role" || !isAddress(token) || !isAddress(holder) || rest.length > 0) return undefined;
  return /^[A-Za-z0-9_]{1,64}$/.test(name) ? { token, role: name, holder } : undefined;
}

/** Token and transaction of an event's subject; undefined for any other subject. */
export function eventIn(about: string): { readonly token: Address; readonly txHash: Bytes32 } | undefined {
  const [prefix, token, txHash = "", ...rest] = about.split(":");
  if (prefix !== "event" || !isAddress(token) || !bytes32.is(txHash) || rest.length > 0) return undefined;
  return { token, txHash };
}

/** The contract of a contract's subject; undefined for any other subject. */
export function contractIn(about: string): Address | undefined {
  const [prefix, address, ...rest] = about.split(":");
  return prefix === "contract" && isAddress(address) && rest.length === 0 ? address : undefined;
}

/** In the one spelling that subjects have. */
function isAddress(text: string | undefined): text is Address {
  return text !== undefined && /^0x[0-9a-f]{40}$/.test(text);
}

/** Key of an agreed fact in `Facts.observed`. */
export const factKey = (subject: string, fact: FactName): string => `${subject} ${fact}`;
