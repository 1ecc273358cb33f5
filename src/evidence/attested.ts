/** What attestors say of prices, holders and documents: what a sound word is, and how one follows another. */
import type { Intent } from "../intent/intent.ts";
import type { Message } from "../statement/message.ts";
import type { StatementOf } from "../statement/read.ts";
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";
import * as line from "../values/line.ts";
import * as name from "../values/name.ts";
import type { Name } from "../values/name.ts";
import { document, documentPrefix, identity, identityPrefix } from "./subject.ts";

export type AttestedKind = "PriceAttestation" | "IdentityAttestation" | "DocumentAttestation";
/** The three kinds have the same fields. */
export type AttestedWord = Message<AttestedKind>;

/** What a decision knows of a word. */
export type AttestedFact = AttestedWord & { readonly attestor: Name; readonly statement: Bytes32 };

/** The fact a verified word establishes; `attestor` is the service whose credential signed it. */
export function attestedFact({ message, hash }: StatementOf<AttestedKind>, attestor: Name): AttestedFact {
  const { subject, value, source, asOf, expiresAt } = message;
  return { attestor, subject, value, source, asOf, expiresAt, statement: hash };
}

export type Unsound = { readonly field: "subject" | "value"; readonly why: string };

/** What is wrong with what a word says and of what; nothing when it is sound. Says nothing about its times. */
export function unsound(
  kind: AttestedKind,
  { subject, value }: Pick<AttestedWord, "subject" | "value">,
): Unsound | undefined {
  switch (kind) {
    case "PriceAttestation":
      if (assetOf(subject) === undefined) return { field: "subject", why: "a price is of a pair such as `GLD/USD`" };
      return readPrice(value) === undefined ? { field: "value", why: oddPrice } : undefined;
    case "IdentityAttestation":
      if (!isOf(identityPrefix, subject, address.parse))
        return { field: "subject", why: "an identity is of `address:` and an address in lower case" };
      return value === "verified" || value === "revoked"
        ? undefined
        : { field: "value", why: "an identity is `verified` or `revoked`" };
    case "DocumentAttestation":
      if (!isOf(documentPrefix, subject, line.parseReference))
        return { field: "subject", why: "a document is of `reference:` and the reference of a request" };
      return bytes32.is(value)
        ? undefined
        : { field: "value", why: "a document is its hash: 32 bytes of lower-case hex" };
  }
}

const oddPrice = "a price is a decimal number above 0 such as `64.105`, at most 18 decimals and 30 digits";

/** The asset whose price a subject `GLD/USD` names; undefined for any other subject. */
export function assetOf(subject: string): Name | undefined {
  const [asset, quote, ...more] = subject.split("/");
  return more.length === 0 && isSpelledAs(asset, name.parse) && isSpelledAs(quote, name.parse)
    ? name.parse(asset)
    : undefined;
}

/** Whether a sound subject is this request's: its asset, its recipient, its reference. */
export function isAbout(
  kind: AttestedKind,
  subject: string,
  wish: Pick<Intent, "asset" | "to" | "reference">,
): boolean {
  switch (kind) {
    case "PriceAttestation":
      return assetOf(subject) === wish.asset;
    case "IdentityAttestation":
      return subject === identity(wish.to);
    case "DocumentAttestation":
      return subject === document(wish.reference);
  }
}

const priceDecimals = 18;
/** A price of 1 in those steps, and the highest that anybody can attest. */
export const priceUnit = 10n ** BigInt(priceDecimals);
export const highestPrice = `${"9".repeat(12)}.${"9".repeat(priceDecimals)}`;

/** A price in steps of 10^-18; undefined for what is no price. */
export function readPrice(text: string): bigint | undefined {
  const shaped = /^(?:0|[1-9][0-9]*)(?:\.[0-9]{1,18})?$/.test(text) && text.replace(".", "").length <= 30;
  const price = shaped ? amount.parseUnits(text, priceDecimals) : amount.zero;
  return price > 0n ? price : undefined;
}

function isOf(prefix: string, subject: string, parse: (text: string) => string): boolean {
  return subject.startsWith(prefix) && isSpelledAs(subject.slice(prefix.length), parse);
}

function isSpelledAs(text: string | undefined, parse: (text: string) => string): boolean {
  if (text === undefined) return false;
  try {
    return parse(text) === text;
  } catch (error) {
    if (error instanceof InvalidValue) return false;
    throw error;
  }
}

/**
 * How a word follows those of the same attestor, kind, subject and source that stand, of which there may be none. `same` says
 * nothing new, `conflict` is another value at the same instant; the end of a word is no reason to say it again for that instant.
 */
export type Succession = { readonly kind: "first" | "newer" | "same" | "stale" | "conflict" };

export function succeed(kind: AttestedKind, standing: readonly AttestedWord[], next: AttestedWord): Succession {
  const [one] = standing;
  if (one === undefined) return { kind: "first" };
  if (next.asOf !== one.asOf) return { kind: next.asOf > one.asOf ? "newer" : "stale" };
  if (standing.some((word) => !isEqual(kind, word.value, next.value))) return { kind: "conflict" };
  return {
    kind: standing.every((word) => word.expiresAt === next.expiresAt && word.value === next.value) ? "same" : "stale",
  };
}

/** The words that stand among some of one attestor, kind, subject and source: those of the latest instant. */
export function standingOf<W extends { readonly asOf: Instant }>(words: readonly W[]): readonly W[] {
  const latest = Math.max(...words.map(({ asOf }) => asOf));
  return words.filter(({ asOf }) => asOf === latest);
}

/** `64.10` and `64.1` are one price. */
function isEqual(kind: AttestedKind, one: string, other: string): boolean {
  return kind === "PriceAttestation" ? readPrice(one) === readPrice(other) : one === other;
}
