/** What a device file may say: which keys we expect on it, how it must be set, and how long a person may take. */
import { isAbsolute } from "node:path";
import * as z from "zod";
import { InvalidValue } from "../../values/errors.ts";
import { parse as parseHex } from "../../values/hex.ts";
import { parse as parseName } from "../../values/name.ts";
import { parse as parsePath } from "./derivation-path.ts";

/** A value module's parser as a zod type, its message kept. */
function value<T>(parse: (input: unknown) => T): z.ZodType<T> {
  return z.unknown().transform((input, context): T => {
    try {
      return parse(input);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : "not understood");
      return z.NEVER;
    }
  });
}

const publicKey = value((input) => {
  const hex = parseHex(input, 65);
  if (!hex.startsWith("0x04"))
    throw new InvalidValue("value.public-key", "the public key is not 65 bytes beginning with 0x04");
  return hex;
});

const milliseconds = (low: number, high: number, usual: number): z.ZodDefault<z.ZodNumber> =>
  z.number().int().min(low).max(high).default(usual);

export const slotKeySchema = z.strictObject({
  /** The managed key's name in the roster. */
  name: value(parseName),
  path: value(parsePath),
  /** Pinned: whatever is plugged in, this is the key it must have. */
  publicKey,
});

export const slotSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Ledger"),
  name: value(parseName),
  app: z.strictObject({
    /** The oldest Ethereum app that is used. */
    versionMin: z
      .string()
      .regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/, "must be a version such as 1.22.0")
      .default("1.22.0"),
    /** The app's setting must be as it is declared here; without it no call of a contract is signed. */
    blindSigning: z.enum(["required", "off"]),
  }),
  /** A folder that remembers, over restarts, what may still be on the screen and what was declined. */
  memory: z.string().refine(isAbsolute, "must be an absolute path"),
  limits: z
    .strictObject({
      /** A person's time to read and decide. */
      reviewTimeoutMs: milliseconds(100, 3_600_000, 300_000),
      /** For all that needs no person. */
      lookTimeoutMs: milliseconds(100, 60_000, 10_000),
      pollMs: milliseconds(20, 60_000, 2_000),
    })
    .prefault({}),
  keys: z
    .array(slotKeySchema)
    .min(1)
    .max(16)
    .refine((keys) => new Set(keys.map((key) => key.name)).size === keys.length, "names a key twice")
    .refine((keys) => new Set(keys.map((key) => key.publicKey)).size === keys.length, "has the same public key twice"),
});

export type SlotConfig = z.infer<typeof slotSchema>;
export type SlotKey = z.infer<typeof slotKeySchema>;

/** Throws InvalidValue with the path of the first field that is wrong. */
export function checkSlotConfig(document: unknown): SlotConfig {
  const result = slotSchema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new InvalidValue("ledger.config", `the device file: \`${field}\` ${issue?.message ?? "is wrong"}`, field);
}
