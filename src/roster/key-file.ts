/** What the files of all places where managed keys live say alike: pinned keys, times, and which field is wrong. */
import { parse, stringify } from "yaml";
import { z } from "zod";
import { InvalidValue } from "../values/errors.ts";
import { nameSchema, publicKeySchema } from "../values/schema.ts";

/** What refusals begin with: the stage's code, and the file as people call it. */
export type KeyFile = { readonly code: string; readonly what: string };

/** Of a key that is expected there: its name in the roster, and the public key it must have, whatever the place says. */
export const pinnedKey = { name: nameSchema, publicKey: publicKeySchema };

type Pinned = { readonly name: string; readonly publicKey: string };

export function pinnedKeys<T extends Pinned>(key: z.ZodType<T>, min: number, max: number): z.ZodType<T[]> {
  const differ = (of: (one: T) => string) => (keys: readonly T[]) => new Set(keys.map(of)).size === keys.length;
  return z
    .array(key)
    .min(min)
    .max(max)
    .refine(
      differ(({ name }) => name),
      "names a key twice",
    )
    .refine(
      differ(({ publicKey }) => publicKey),
      "has the same public key twice",
    );
}

export const milliseconds = (low: number, high: number, usual: number): z.ZodDefault<z.ZodNumber> =>
  z.number().int().min(low).max(high).default(usual);

/** Throws InvalidValue with the path of the first field that is wrong. */
export function checkKeyFile<T>(schema: z.ZodType<T>, document: unknown, { code, what }: KeyFile): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new InvalidValue(code, `the ${what}: \`${field}\` ${issue?.message ?? "is wrong"}`, field);
}

/** Throws InvalidValue; what it returns is not checked yet. */
export function parseKeyFile(text: string, { code, what }: KeyFile): unknown {
  try {
    return parse(text, { version: "1.2", schema: "core", uniqueKeys: true, maxAliasCount: 0 });
  } catch {
    throw new InvalidValue(code, `the ${what} is not YAML, or names a field twice`);
  }
}

/** `head` is a comment for people, without the mark before it. */
export function formatKeyFile(config: object, head: string): string {
  return `# ${head}\n${stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}
