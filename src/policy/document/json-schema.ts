/** The JSON Schema of policies and of rosters, made from the very schemas that read them, so that editors complete and check. */
import { z } from "zod";
import { rosterSchema } from "../../roster/roster.ts";
import { parseStrict, type Json } from "../../values/json.ts";
import { policySchema } from "./document.ts";
import { policyWords, rosterWords, type SchemaWords } from "./schema-words.ts";

/** Draft 7, which every editor knows. What people write, not what is read: an address may be in mixed case. */
export function policyJsonSchema(): Json {
  return described(policySchema, "A policy of Countersign", policyWords);
}

export function rosterJsonSchema(): Json {
  return described(rosterSchema, "A roster of Countersign", rosterWords);
}

type Draft = z.core.JSONSchema.BaseSchema;

function described(schema: z.ZodType, title: string, words: SchemaWords): Json {
  const draft = z.toJSONSchema(schema, { io: "input", target: "draft-07" });
  const definitions: unknown = draft["definitions"];
  const parts: readonly unknown[] = isDraft(definitions) ? Object.values(definitions) : [];
  for (const part of [draft, ...parts.filter(isDraft)]) describe(part, [], words);
  const { $schema, ...rest } = draft;
  return parseStrict(JSON.stringify({ $schema, title, $comment: comment, ...rest }), 64);
}

const comment =
  "Made from the schema that reads the documents; a test holds it against that and says how it is made again.";

/** Gives every key below its words, before those that its value has of itself. */
function describe(draft: Draft, path: readonly string[], words: SchemaWords): void {
  widenHex(draft);
  for (const [key, value] of Object.entries(draft.properties ?? {})) {
    if (typeof value === "boolean") continue;
    const inner = [...path, key];
    describe(value, inner, words);
    const about = wordsOf(inner, words);
    if (about !== undefined)
      value.description = value.description === undefined ? about : `${about} (${value.description})`;
  }
  for (const value of below(draft)) describe(value, path, words);
}

function wordsOf(path: readonly string[], words: SchemaWords): string | undefined {
  const ends = path.map((_, index) => path.slice(index).join("."));
  return ends.map((end) => words[end]).find((about) => about !== undefined);
}

/** Schemas of the same place, and of the entries of a list or of a map with free keys. */
function below({ items, additionalProperties, anyOf = [], oneOf = [], allOf = [] }: Draft): readonly Draft[] {
  const all = [items, additionalProperties].flat();
  return [...all, ...anyOf, ...oneOf, ...allOf].filter(isDraft);
}

function isDraft(one: unknown): one is Draft {
  return typeof one === "object" && one !== null;
}

/** `0x…` without quotes is text to us and a number to an editor, which then has nothing to complain about. */
function widenHex(draft: Draft): void {
  if (draft.type === "string" && draft.pattern?.startsWith("^0x") === true) {
    Object.assign(draft, { type: ["string", "integer"] });
  }
}
