/** What a device file may say: which keys we expect on it, how it must be set, and how long a person may take. */
import { isAbsolute } from "node:path";
import * as z from "zod";
import { checkKeyFile, milliseconds, pinnedKey, pinnedKeys } from "../../roster/key-file.ts";
import { nameSchema } from "../../values/schema.ts";
import { pathSchema } from "./derivation-path.ts";

/** How a refusal calls the file. */
export const deviceFile = { code: "ledger.config", what: "device file" } as const;

export const slotKeySchema = z.strictObject({
  ...pinnedKey,
  path: pathSchema,
});

export const slotSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Ledger"),
  name: nameSchema,
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
  keys: pinnedKeys(slotKeySchema, 1, 16),
});

export type SlotConfig = z.infer<typeof slotSchema>;
export type SlotKey = z.infer<typeof slotKeySchema>;

/** Throws InvalidValue with the path of the first field that is wrong. */
export function checkSlotConfig(document: unknown): SlotConfig {
  return checkKeyFile(slotSchema, document, deviceFile);
}
