/** The document of a yield in kind: what is distributed, and who held how much of the asset at its record block. Its hash stands in every request for a part of it. */
import { z } from "zod";
import type { Address } from "../values/address.ts";
import * as address from "../values/address.ts";
import { zero, type Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical, hash, type Json } from "../values/json.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  nameSchema,
  parseWith,
} from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { entitlementsOf, type Entitlement, type Holding } from "./entitlement.ts";

export const mostHolders = 10_000;

const documentSchema = z.strictObject({
  kind: z.literal("Distribution"),
  asset: nameSchema,
  chainId: chainIdSchema,
  token: addressSchema,
  /** At its end everybody held what stands here. */
  recordBlock: countSchema,
  recordHash: bytes32Schema,
  /** The last distribution of the asset of which anything is paid: whoever agrees to this one knows that it comes on top of that. */
  previous: bytes32Schema.nullable(),
  /** Base units that are distributed. */
  pool: amountSchema,
  /** Gets the share of every holder who may not have it. */
  escrow: addressSchema,
  /** Gets what is nobody's share. */
  treasury: addressSchema,
  /** Holders who may not have their share, in the order of their addresses. */
  ineligible: z.array(addressSchema).max(mostHolders),
  /** Everybody who held some of it, in the order of their addresses. */
  holders: z
    .array(z.strictObject({ address: addressSchema, balance: amountSchema }))
    .min(1)
    .max(mostHolders),
});

export type Distribution = z.output<typeof documentSchema>;

/** Throws `InvalidValue` `distribution.*` when it is no such document in its one canonical spelling. */
export function readDistribution(document: unknown): Distribution {
  const read = parseWith(documentSchema, document, "distribution.malformed");
  const held = new Set(read.holders.map((one) => one.address));
  if (read.pool === 0n) throw wrong("pool", "there is nothing to distribute");
  if (read.escrow === address.zero || read.treasury === address.zero || held.has(address.zero))
    throw wrong("holders", "the zero address is nobody");
  if (!isAscending(read.holders.map((one) => one.address)))
    throw wrong("holders", "holders stand in the order of their addresses, each once");
  if (read.holders.some(({ balance }) => balance === 0n)) throw wrong("holders", "who held nothing is no holder");
  if (!isAscending(read.ineligible)) throw wrong("ineligible", "addresses stand in their order, each once");
  const stranger = read.ineligible.find((one) => !held.has(one));
  if (stranger !== undefined) throw wrong("ineligible", `\`${stranger}\` is no holder`);
  if (canonical(toWire(read)) !== canonical(document))
    throw wrong("holders", "addresses are in lower case and amounts in plain digits");
  return read;
}

/** Its name, by which requests say which distribution they are a part of. */
export function distributionHash(document: Distribution): Bytes32 {
  return hash(toWire(document));
}

/** As it travels and is hashed. */
export function distributionJson(document: Distribution): Json {
  return toWire(document);
}

/** Value of the fact `holders`: SHA-256 of the canonical list of everybody who held some, in the order of their addresses. */
export function holdersHash(holders: readonly Holding[]): Bytes32 {
  const some = holders
    .filter(({ balance }) => balance > 0n)
    .map((one) => ({ address: one.address, balance: one.balance.toString() }));
  return hash(some.sort((one, other) => (one.address < other.address ? -1 : 1)));
}

/** The hash, the list of holders as observers see it, and everybody's part; worked out once. */
export type Apportioned = {
  readonly document: Distribution;
  readonly hash: Bytes32;
  readonly holders: Bytes32;
  /** In the order of the recipients' addresses. */
  readonly entitlements: readonly Entitlement[];
  readonly amountOf: ReadonlyMap<Address, Amount>;
};

export function apportion(document: Distribution): Apportioned {
  const entitlements = entitlementsOf(document);
  return {
    document,
    hash: distributionHash(document),
    holders: holdersHash(document.holders),
    entitlements,
    amountOf: new Map(entitlements.map(({ to, amount }) => [to, amount])),
  };
}

/** What a decision on the part of one recipient knows. */
export type PartFact = Pick<
  Distribution,
  "asset" | "chainId" | "token" | "recordBlock" | "recordHash" | "pool" | "escrow" | "treasury"
> & {
  readonly hash: Bytes32;
  readonly holders: Bytes32;
  readonly entitlement: Amount;
  readonly statement: Bytes32;
};

/** `statement` is the submission that brought the document. */
export function partFact(
  { document, hash: name, holders, amountOf }: Apportioned,
  to: Address,
  statement: Bytes32,
): PartFact {
  const { asset, chainId, token, recordBlock, recordHash, pool, escrow, treasury } = document;
  const named = { hash: name, asset, chainId, token, recordBlock, recordHash, pool, escrow, treasury, holders };
  return { ...named, entitlement: amountOf.get(to) ?? zero, statement };
}

function isAscending(addresses: readonly string[]): boolean {
  return addresses.every((one, index) => index === 0 || (addresses[index - 1] ?? "") < one);
}

function wrong(field: string, message: string): InvalidValue {
  return new InvalidValue(`distribution.${field}`, `${field}: ${message}`, field);
}
