/** The values as zod schemas, so that every document, statement and body is read by the same parsers. */
import { z } from "zod";
import * as address from "./address.ts";
import * as amount from "./amount.ts";
import * as bytes32 from "./bytes32.ts";
import * as chainId from "./chain-id.ts";
import * as country from "./country.ts";
import * as duration from "./duration.ts";
import { InvalidValue } from "./errors.ts";
import * as hex from "./hex.ts";
import type { Json } from "./json.ts";
import * as instant from "./instant.ts";
import * as line from "./line.ts";
import * as name from "./name.ts";

/** Runs `parse` after the base schema and turns its `InvalidValue` into a zod issue with the same words and code. */
export function lift<I, O>(base: z.ZodType<I>, parse: (input: I) => O): z.ZodPipe<z.ZodType<I>, z.ZodTransform<O, I>> {
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

/** Text that its parser describes: what an editor shows, what an API says of itself, and how a refusal goes on after "is not". */
const text = (description: string, pattern: string): z.ZodString => z.string().meta({ description, pattern });

export const addressSchema = lift(
  text("an address of 20 bytes, in lower case or with its EIP-55 checksum", "^0x[0-9a-fA-F]{40}$"),
  address.parse,
);
export const amountSchema = lift(
  text("a whole number of base units as decimal text, at most 2^256-1", "^(0|[1-9][0-9]{0,77})$"),
  amount.parse,
);
export const bytes32Schema = lift(text("32 bytes of lower-case hex", "^0x[0-9a-f]{64}$"), bytes32.parse);
export const hexSchema = lift(text("lower-case hex bytes such as `0x00ff`", "^0x([0-9a-f]{2})*$"), (written) =>
  hex.parse(written),
);
/** Of secp256k1, uncompressed, as keys are pinned. */
export const publicKeySchema = lift(
  text("a public key of 65 bytes beginning with 0x04, in lower-case hex", "^0x04[0-9a-f]{128}$"),
  (written) => {
    const bytes = hex.parse(written, 65);
    if (!bytes.startsWith("0x04") || bytes.length !== 132)
      throw new InvalidValue("value.public-key", "the public key is not 65 bytes beginning with 0x04");
    return bytes;
  },
);
export const chainIdSchema = lift(
  z.number().meta({ description: "a chain id", type: "integer", minimum: 1 }),
  chainId.parse,
);
/** Of ISO 3166-1, in capital letters. */
export const countrySchema = lift(text("the two letters of a country, such as `CH`", "^[A-Z]{2}$"), country.parse);
export const instantSchema = lift(z.number().meta({ description: "whole seconds since 1970, UTC" }), instant.parse);
export const lineSchema = lift(z.string().meta({ description: "one line of text", maxLength: 200 }), (written) =>
  line.parse(written),
);
export const referenceSchema = lift(
  text("a reference: letters, digits and . _ : / -, 64 at most", "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"),
  line.parseReference,
);
export const nameSchema = lift(
  text("a name: letters, digits and dashes, 64 at most", "^[A-Za-z][A-Za-z0-9-]{0,63}$"),
  name.parse,
);
/** Kept as written, checked to be a duration. */
export const durationSchema = lift(
  text("a length of time such as `30m`, `48h` or `7d`", "^(0|[1-9][0-9]{0,6})[smhd]$"),
  (written) => {
    duration.parse(written);
    return written;
  },
);
/** A count such as a version, a sequence or a block number: a safe integer from 0. */
export const countSchema = z.int().min(0);
/** `sha256:` and 64 hex digits, as documents name each other; kept as written. */
export const documentHashSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "not `sha256:` and 64 hex digits")
  .describe("`sha256:` and 64 hex digits");

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
