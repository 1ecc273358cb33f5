/** Arguments without a field of their own in what people sign: said in the line of details, and read back from it. */
import { z } from "zod";
import * as address from "../values/address.ts";
import { InvalidValue } from "../values/errors.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";
import * as multiplier from "../values/multiplier.ts";
import type { Name } from "../values/name.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Amount } from "../values/amount.ts";
import type { Hex } from "../values/hex.ts";
import { addressSchema, amountSchema, bytes32Schema, hexSchema, instantSchema, nameSchema } from "../values/schema.ts";
import { furtherNames, optionalNames, type FurtherName, type Operation } from "./operation.ts";

/** ISO 3166-1 numeric, without leading zeros. */
const countrySchema = z.int().min(1).max(999);

/** A number that no claim has is 0. */
const topicSchema = amountSchema.refine((topic) => topic > 0n, "0 is no topic");
/** r, s and v of secp256k1; whose it is, the gate finds out. */
const signatureSchema = hexSchema.refine((bytes) => bytes.length === 132, "not 65 bytes");

export const furtherSchemas = {
  /** Whose tokens are moved. */
  from: addressSchema.optional(),
  /** The contract that speaks for a holder. */
  identity: addressSchema.optional(),
  country: countrySchema.optional(),
  /** Where what backs redeemed tokens is released to. */
  destination: nameSchema.optional(),
  /** SHA-256 of the canonical document that says who gets which part of a yield. */
  distribution: bytes32Schema.optional(),
  /** The contract of whoever makes a claim. */
  issuer: addressSchema.optional(),
  topic: topicSchema.optional(),
  /** All that a claim holds: the hash, with a salt in it, of what its issuer has seen. */
  claim: bytes32Schema.optional(),
  signature: signatureSchema.optional(),
  /** How many tokens a share becomes, and how many it is when that is signed, in units of 10⁻¹⁸. */
  newMultiplier: amountSchema.optional(),
  oldMultiplier: amountSchema.optional(),
  /** From when on. */
  activationTime: instantSchema.optional(),
};

export type FurtherArguments = {
  readonly from?: address.Address | undefined;
  readonly identity?: address.Address | undefined;
  readonly country?: number | undefined;
  readonly destination?: Name | undefined;
  readonly distribution?: Bytes32 | undefined;
  readonly issuer?: address.Address | undefined;
  readonly topic?: Amount | undefined;
  readonly claim?: Bytes32 | undefined;
  readonly signature?: Hex | undefined;
  readonly newMultiplier?: Amount | undefined;
  readonly oldMultiplier?: Amount | undefined;
  readonly activationTime?: Instant | undefined;
};

export const furtherArgumentNames: readonly FurtherName[] = [
  ...(["from", "identity", "country", "destination", "distribution"] as const),
  ...(["issuer", "topic", "claim", "signature"] as const),
  ...(["newMultiplier", "oldMultiplier", "activationTime"] as const),
];

/** Those that the value has, and nothing else. */
export function furtherOf(value: FurtherArguments): FurtherArguments {
  const names: readonly string[] = furtherArgumentNames;
  return Object.fromEntries(Object.entries(value).filter(([name, one]) => names.includes(name) && one !== undefined));
}

/** The first one that is missing, or stands where the operation has none. */
export function lacking(
  intent: FurtherArguments & { readonly operation: Operation },
): { readonly name: FurtherName; readonly why: string } | undefined {
  const wanted = furtherNames(intent.operation);
  const free = optionalNames(intent.operation);
  const name = furtherArgumentNames.find(
    (one) =>
      !free.includes(one) && wanted.includes(one) === (intent[one] === undefined || intent[one] === address.zero),
  );
  if (name === undefined) return undefined;
  return { name, why: wanted.includes(name) ? "one is needed" : `${intent.operation} has none; leave it out` };
}

/** `from 0x…; ` of everything the operation has, in its order; nothing for most. */
export function furtherWords(intent: FurtherArguments & { readonly operation: Operation }): string {
  const said = optionalNames(intent.operation).filter((name) => intent[name] !== undefined);
  return [...furtherNames(intent.operation), ...said].map((name) => `${name} ${wordOf(intent, name)}; `).join("");
}

function wordOf(intent: FurtherArguments, name: FurtherName): string {
  switch (name) {
    case "from":
    case "identity":
    case "issuer":
      return spelled(intent[name], address.checksum);
    case "newMultiplier":
    case "oldMultiplier":
      return spelled(intent[name], multiplier.format);
    case "activationTime":
      return spelled(intent[name], instant.toIso);
    default:
      return spelled(intent[name], String);
  }
}

function spelled<T>(value: T | undefined, spell: (value: T) => string): string {
  return value === undefined ? "unknown" : spell(value);
}

/**
 * What the line of details says of the operation's further arguments, as text; nothing of what it says otherwise. Whoever reads
 * them writes the line again and compares, so that this reader decides nothing.
 */
export function furtherIn({
  operation,
  details,
}: {
  readonly operation: Operation;
  readonly details: string;
}): FurtherArguments {
  const said = new Map<string, string>();
  let rest = details;
  const free = optionalNames(operation);
  for (const name of [...furtherNames(operation), ...free]) {
    const [whole, value] = new RegExp(`^${name} ([^ ;]{1,132}); `).exec(rest) ?? [];
    if (whole === undefined || value === undefined) {
      if (free.includes(name)) continue;
      return {};
    }
    said.set(name, value);
    rest = rest.slice(whole.length);
  }
  return furtherOf({
    from: read(said.get("from"), address.parse),
    identity: read(said.get("identity"), address.parse),
    country: countrySchema.safeParse(Number(said.get("country"))).data,
    destination: nameSchema.safeParse(said.get("destination")).data,
    distribution: bytes32Schema.safeParse(said.get("distribution")).data,
    issuer: read(said.get("issuer"), address.parse),
    topic: topicSchema.safeParse(said.get("topic")).data,
    claim: bytes32Schema.safeParse(said.get("claim")).data,
    signature: signatureSchema.safeParse(said.get("signature")).data,
    newMultiplier: read(said.get("newMultiplier"), multiplier.parse),
    oldMultiplier: read(said.get("oldMultiplier"), multiplier.parse),
    activationTime: read(said.get("activationTime"), instant.fromIso),
  });
}

/** Undefined for what is not there, and for what is none. */
function read<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  try {
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
