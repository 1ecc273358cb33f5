/** `countersign attest`: what an attestor vouches for, signed with the attestor's own credential. */
import { readFileSync } from "node:fs";
import type { AttestedKind } from "../evidence/attested.ts";
import {
  documentAttestation,
  identityAttestation,
  lotsAttachment,
  priceAttestation,
  reserveAttestation,
  type Said,
} from "../sdk/attestation.ts";
import type { WireMessage } from "../sdk/wire-message.ts";
import { sha256 } from "../values/digest.ts";
import { Fault } from "../values/errors.ts";
import { fromIso, toIso } from "../values/instant.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import type { Given } from "./command.ts";
import { inForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, parseCount } from "./option-value.ts";
import { UsageError, type Outcome } from "./outcome.ts";
import { quantity } from "./quantity.ts";
import { openService, type Service } from "./connection.ts";

/** Without `--sequence` it is the time, which grows by itself. */
export async function reserve(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const { policy } = await inForce(service, given.text("asset"));
  const { asset, token } = policy;
  const [reserves, supply] = [quantity(given, "reserves", asset), quantity(given, "supply", asset)];
  const report = sha256(bytesOf(given.text("report")));
  const lots =
    given.maybe("lots") === undefined ? undefined : lotsIn(given, { report, decimals: token.decimals, asset });
  const message = reserveAttestation({
    asset,
    chainId: token.chain,
    token: token.address,
    unit: given.text("unit"),
    decimals: token.decimals,
    reserves,
    supply,
    supplyBlock: option("supply-block", given.text("supply-block"), parseCount),
    asOf: option("as-of", given.maybe("as-of") ?? toIso(io.now()), fromIso),
    validFor: given.maybe("expires") ?? "24h",
    reportHash: lots?.reportHash ?? report,
    sequence: option("sequence", given.maybe("sequence") ?? String(io.now()), parseCount),
  });
  await consent(given, io, [
    `attest that ${reserves} ${asset} (${message.unit}) are held as of ${toIso(message.asOf)}`,
    `supply ${supply} ${asset} at block ${message.supplyBlock} of chain ${token.chain}`,
    ...(lots === undefined ? [] : [`they are ${lots.count} lots, from the report ${report}`]),
    `good until ${toIso(message.expiresAt)}, sequence ${message.sequence}, report ${message.reportHash}`,
  ]);
  const statement = service.own.sign(service.standing.deploymentId, "ReserveAttestation", message);
  const parcel = lots === undefined ? { statement } : { statement, attachment: lots.attachment };
  return deliver(service, given, parcel, { sequence: message.sequence, reportHash: message.reportHash });
}

type Listing = { readonly report: string; readonly decimals: number; readonly asset: string };

/** A serial, a space and an amount on each line, such as `AU-20191 401.125 GLD`; empty lines say nothing. */
function lotsIn(
  given: Given,
  { report, decimals, asset }: Listing,
): ReturnType<typeof lotsAttachment> & { readonly count: number } {
  const lines = new TextDecoder().decode(bytesOf(given.text("lots"))).split(/\r?\n/);
  const lots = lines.flatMap((text, index) => {
    if (text.trim() === "") return [];
    const [id = "", quantity = "", unit = asset, ...more] = text.trim().split(/\s+/);
    if (quantity === "" || unit !== asset || more.length > 0)
      throw new UsageError(`--lots: line ${index + 1} is no serial and amount such as \`AU-20191 401.125 ${asset}\``);
    return [{ id, quantity }];
  });
  return { ...lotsAttachment({ report, lots }, decimals), count: lots.length };
}

/** What one unit of an asset costs. */
export async function price(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const [asset, quote] = [given.text("asset"), given.maybe("quote") ?? "USD"];
  const cost = quantity(given, "price", quote);
  const message = priceAttestation({ ...said(given, io), asset, quote, price: cost });
  return attest({ service, given, io }, "PriceAttestation", message, `one ${asset} costs ${cost} ${quote}`);
}

/** Who is behind the address stays with the attestor. */
export async function identity(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const [address, status] = [given.text("address"), given.text("status")];
  const message = identityAttestation({ ...said(given, io), address, status });
  return attest({ service, given, io }, "IdentityAttestation", message, `the holder of ${address} is ${status}`);
}

/** Only the hash leaves this machine. */
export async function document(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const [reference, file] = [given.text("reference"), given.text("document")];
  const message = documentAttestation({ ...said(given, io), reference, hash: sha256(bytesOf(file)) });
  const words = `the document \`${file}\` with the hash ${message.value} is behind reference ${reference}`;
  return attest({ service, given, io }, "DocumentAttestation", message, words);
}

function said(given: Given, io: Io): Said {
  return {
    source: given.text("source"),
    asOf: option("as-of", given.maybe("as-of") ?? toIso(io.now()), fromIso),
    validFor: given.maybe("expires") ?? "24h",
  };
}

type Place = { readonly service: Service; readonly given: Given; readonly io: Io };

async function attest(
  { service, given, io }: Place,
  kind: AttestedKind,
  message: WireMessage<AttestedKind>,
  words: string,
): Promise<Outcome> {
  const { subject, value, source, asOf, expiresAt } = message;
  await consent(given, io, [
    `attest that ${words}, says ${source} as of ${toIso(asOf)}`,
    `good until ${toIso(expiresAt)}, or until you say something newer`,
  ]);
  const statement = service.own.sign(service.standing.deploymentId, kind, message);
  return deliver(service, given, { statement }, { subject, value });
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read`, "safe", error);
  }
}
