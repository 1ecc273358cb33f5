/** The messages of attestations, made from what an attestor types. */
import { unsound, type AttestedKind } from "../evidence/attested.ts";
import * as subject from "../evidence/subject.ts";
import * as amount from "../values/amount.ts";
import * as address from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import { parse as parseChainId } from "../values/chain-id.ts";
import * as duration from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import { quote } from "../values/hex.ts";
import * as instant from "../values/instant.ts";
import { hash, type Json } from "../values/json.ts";
import * as line from "../values/line.ts";
import * as name from "../values/name.ts";
import { countSchema, parseWith } from "../values/schema.ts";
import type { WireMessage } from "./wire-message.ts";

/** `reserves` and `supply` are in the asset's own unit, `10000.5`. */
export type Attested = {
  readonly asset: string;
  readonly chainId: number;
  readonly token: string;
  readonly unit: string;
  readonly decimals: number;
  readonly reserves: string;
  readonly supply: string;
  readonly supplyBlock: number;
  readonly asOf: number;
  /** How long it holds, as `24h`. */
  readonly validFor: string;
  /** SHA-256 of the report that the attestor keeps; with lots, of what lists them. */
  readonly reportHash: string;
  /** One more than the attestor's last. */
  readonly sequence: number;
};

export function reserveAttestation(said: Attested): WireMessage<"ReserveAttestation"> {
  const decimals = parseWith(countSchema.max(77), said.decimals, "value.decimals");
  const asOf = instant.parse(said.asOf);
  return {
    asset: name.parse(said.asset),
    chainId: parseChainId(said.chainId),
    token: address.parse(said.token),
    unit: line.parse(said.unit),
    decimals,
    reserves: amount.parseUnits(said.reserves, decimals).toString(),
    supply: amount.parseUnits(said.supply, decimals).toString(),
    supplyBlock: parseWith(countSchema, said.supplyBlock, "value.block"),
    asOf,
    expiresAt: instant.plus(asOf, duration.parse(said.validFor)),
    reportHash: bytes32.parse(said.reportHash),
    sequence: parseWith(countSchema, said.sequence, "value.sequence"),
  };
}

/** One lot, such as a bar by its serial; `quantity` is in the asset's own unit, `400.125`. */
export type SaidLot = { readonly id: string; readonly quantity: string };

/** What travels beside the attestation: the lots in their order, and the report that they were read from. Its hash is the `reportHash`. */
export function lotsAttachment(
  { report, lots }: { readonly report: string; readonly lots: readonly SaidLot[] },
  decimals: number,
): { readonly attachment: Json; readonly reportHash: bytes32.Bytes32 } {
  const read = lots
    .map(({ id, quantity }) => ({
      id: line.parseReference(id),
      quantity: amount.parseUnits(quantity, decimals).toString(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const attachment = { report: bytes32.parse(report), lots: read };
  return { attachment, reportHash: hash(attachment) };
}

export type Said = {
  /** Where the attestor has it from, such as `lbma-pm`; never a person's name. */
  readonly source: string;
  readonly asOf: number;
  /** How long it holds, as `10m`. */
  readonly validFor: string;
};

/** `price` is of one unit of the asset, such as `64.105`. */
export function priceAttestation(
  said: Said & { readonly asset: string; readonly quote: string; readonly price: string },
): WireMessage<"PriceAttestation"> {
  const pair = subject.price(name.parse(said.asset), name.parse(said.quote));
  return attested("PriceAttestation", { subject: pair, value: said.price }, said);
}

/** Whether the holder of an address is verified; who that is stays with the attestor. */
export function identityAttestation(
  said: Said & { readonly address: string; readonly status: string },
): WireMessage<"IdentityAttestation"> {
  const holder = subject.identity(address.parse(said.address));
  return attested("IdentityAttestation", { subject: holder, value: said.status }, said);
}

/** `hash` is the SHA-256 of the document that the attestor keeps. */
export function documentAttestation(
  said: Said & { readonly reference: string; readonly hash: string },
): WireMessage<"DocumentAttestation"> {
  const about = subject.document(line.parseReference(said.reference));
  return attested("DocumentAttestation", { subject: about, value: said.hash }, said);
}

function attested(
  kind: AttestedKind,
  words: { readonly subject: string; readonly value: string },
  { source, asOf: at, validFor }: Said,
): WireMessage<AttestedKind> {
  const wrong = unsound(kind, words);
  if (wrong !== undefined)
    throw new InvalidValue(`value.${wrong.field}`, `\`${quote(words[wrong.field])}\`: ${wrong.why}`);
  const asOf = instant.parse(at);
  return {
    ...words,
    source: line.parseReference(source),
    asOf,
    expiresAt: instant.plus(asOf, duration.parse(validFor)),
  };
}
