/** The values as zod schemas, so that every document, statement and body is read by the same parsers. */
import { z } from "zod";
import * as address from "./address.ts";
import * as amount from "./amount.ts";
import * as bytes32 from "./bytes32.ts";
import * as chainId from "./chain-id.ts";
import * as duration from "./duration.ts";
import { InvalidValue } from "./errors.ts";
import * as hex from "./hex.ts";
import type { Json } from "./json.ts";
import * as instant from "./instant.ts";
import * as line from "./line.ts";
import * as name from "./name.ts";

/** Runs `parse` after the base schema and turns its `InvalidValue` into a zod issue with the same words and code. */
function lift<I, O>(base: z.ZodType<I>, parse: (input: I) => O): z.ZodPipe<z.ZodType<I>, z.ZodTransform<O, I>> {
  return base.pipe(
    z.transform((input: I, context) => {
      try {
        return parse(input);
      } catch (error) {
        if (!(error instanceof InvalidValue)) throw error;
        context.issues.push({ code: "custom", message: error.message, input, params: { code: error.code } });
        return z.NEVER;
      }
    }),
  );
}

export const addressSchema = lift(z.string(), address.parse);
export const amountSchema = lift(z.string(), amount.parse);
export const bytes32Schema = lift(z.string(), bytes32.parse);
export const hexSchema = lift(z.string(), (text) => hex.parse(text));
export const chainIdSchema = lift(z.number(), chainId.parse);
export const instantSchema = lift(z.number(), instant.parse);
export const lineSchema = lift(z.string(), (text) => line.parse(text));
export const referenceSchema = lift(z.string(), line.parseReference);
export const nameSchema = lift(z.string(), name.parse);
/** Kept as written, checked to be a duration. */
export const durationSchema = lift(z.string(), (text) => {
  duration.parse(text);
  return text;
});
/** A count such as a version, a sequence or a block number: a safe integer from 0. */
export const countSchema = z.int().min(0);
/** `sha256:` and 64 hex digits, as documents name each other; kept as written. */
export const documentHashSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "not `sha256:` and 64 hex digits");

/** Any JSON, kept as it is: documents that are hashed before they are understood. */
export const jsonSchema = z.json() as z.ZodType<Json>;

/** Parses with a schema and throws `InvalidValue` naming the first bad field. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, code: string): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue === undefined ? "" : issue.path.map(String).join(".");
  const own: unknown = issue?.code === "custom" ? issue.params?.["code"] : undefined;
  const message = issue?.message ?? "the input is not understood";
  throw new InvalidValue(typeof own === "string" ? own : code, field === "" ? message : `${field}: ${message}`, field);
}
