/** A signed statement in a file, with what must travel with it. */
import { z } from "zod";
import { envelopeSchema, type Envelope } from "../statement/envelope.ts";
import { readStatement } from "../statement/read.ts";
import type { Json } from "../values/json.ts";
import { jsonSchema, parseWith } from "../values/schema.ts";
import { readDocument } from "./document-file.ts";

export type Parcel = { readonly statement: Envelope; readonly attachment?: Json };

const parcelSchema = z.union([
  z.strictObject({ statement: envelopeSchema, attachment: jsonSchema.optional() }),
  envelopeSchema.transform((statement) => ({ statement })),
]);

/** A file that another command kept, or a bare signed statement. */
export function readParcel(path: string): Parcel {
  const parcel = parseWith(parcelSchema, readDocument(path), "cli.parcel");
  readStatement(parcel.statement);
  const { statement } = parcel;
  const attachment = "attachment" in parcel ? parcel.attachment : undefined;
  return { statement, ...(attachment === undefined ? {} : { attachment }) };
}
