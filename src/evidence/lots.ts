/** The lots behind an attestation of reserves: bar serials, ISINs, titles. What each is stands beside the statement, which binds it by its hash. */
import { z } from "zod";
import type { ReserveAttestation } from "../statement/message.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical, hash } from "../values/json.ts";
import { amountSchema, bytes32Schema, parseWith, referenceSchema } from "../values/schema.ts";

/** `quantity` is in base units of the asset. */
const lotSchema = z.strictObject({ id: referenceSchema, quantity: amountSchema });

const lotsSchema = z.strictObject({
  /** SHA-256 of the report that the attestor keeps. */
  report: bytes32Schema,
  /** In the order of their ids, each once. */
  lots: z.array(lotSchema).min(1).max(10_000),
});

export type Lots = z.output<typeof lotsSchema>;

/**
 * Reads what came beside an attestation. Throws `InvalidValue` `attestation.lots` when it is no list of lots, when the attestation
 * does not bind it, and when its lots are not what is attested, to the last unit.
 */
export function readLots(attachment: unknown, { reserves, reportHash }: ReserveAttestation): Lots {
  const read = parseWith(lotsSchema, attachment, "attestation.lots");
  if (hash(attachment) !== reportHash)
    throw wrong("the attestation binds another report than these lots", "message.reportHash");
  const ids = read.lots.map(({ id }) => id);
  if (canonical([...new Set(ids)].sort()) !== canonical(ids))
    throw wrong("lots stand in the order of their ids, each once", "attachment.lots");
  if (read.lots.some(({ quantity }) => quantity === 0n)) throw wrong("a lot of nothing is none", "attachment.lots");
  const sum = read.lots.reduce((all, { quantity }) => all + quantity, 0n);
  if (sum !== reserves)
    throw wrong(`the lots are ${sum.toString()} together, and ${reserves.toString()} are attested`, "attachment.lots");
  return read;
}

function wrong(message: string, field: string): InvalidValue {
  return new InvalidValue("attestation.lots", message, field);
}
