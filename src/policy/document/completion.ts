/** What may stand where somebody writes in a policy, looked up in the schema of the language. */
import type { Json } from "../../values/json.ts";
import { item, spotAt, type Spot } from "./cursor.ts";

export type Offer = {
  /** As it is written: behind a key its colon. */
  readonly text: string;
  /** What a key means; a value means what its key does. */
  readonly words: string;
};

/** What may stand at the end of a text that somebody is writing, for a document of this JSON Schema. */
export type Completion = {
  /** How many characters at the end of the text each offer takes the place of. */
  readonly typed: number;
  readonly offers: readonly Offer[];
};

export function completionOf(schema: Json, text: string): Completion {
  const spot = spotAt(text);
  return spot === undefined ? { typed: 0, offers: [] } : { typed: spot.typed.length, offers: offersAt(schema, spot) };
}

/** Each once, of those that begin as it was typed; values at the beginning of a line or of a map only where there are no keys. */
function offersAt(schema: Json, { path, at, typed }: Spot): readonly Offer[] {
  const here = path.reduce<readonly Schema[]>(
    (all, step) => all.flatMap((one) => under(one, step).flatMap((next) => whole(next, schema))),
    whole(schema, schema),
  );
  const keys = at === "value" ? [] : here.flatMap(keysOf);
  const all = keys.length > 0 ? keys : here.flatMap(valuesOf);
  const found = all.filter(({ text }) => text !== typed && text.startsWith(typed));
  return [...new Map(found.map((one) => [one.text, one])).values()];
}

type Schema = Readonly<Record<string, Json>>;

function isSchema(json: Json | undefined): json is Schema {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? (json as readonly Json[]) : [];
}

/** A schema and everything that it may also be. */
function whole(json: Json | undefined, root: Json, depth = 0): readonly Schema[] {
  if (!isSchema(json) || depth > 8) return [];
  const { $ref: name, anyOf, oneOf, allOf, description = "" } = json;
  const others = [...listOf(anyOf), ...listOf(oneOf), ...listOf(allOf)];
  const definitions = isSchema(root) && isSchema(root["definitions"]) ? root["definitions"] : {};
  const meant = typeof name === "string" ? [definitions[name.replace("#/definitions/", "")]] : [];
  const inner = [...others, ...meant].flatMap((other) => whole(other, root, depth + 1));
  return [json, ...inner.map((one) => ({ description, ...one }))];
}

function under({ properties, items, additionalProperties }: Schema, step: string): readonly (Json | undefined)[] {
  if (step === item) return [items];
  return [
    (isSchema(properties) && Object.hasOwn(properties, step) ? properties[step] : undefined) ?? additionalProperties,
  ];
}

function keysOf({ properties }: Schema): readonly Offer[] {
  if (!isSchema(properties)) return [];
  return Object.entries(properties).map(([key, one]) => ({ text: `${key}: `, words: wordsOf(one) }));
}

function valuesOf(one: Schema): readonly Offer[] {
  const values = [...listOf(one["enum"]), one["const"] ?? []];
  const both = one["type"] === "boolean" && values.length === 0 ? [true, false] : values;
  return both.flatMap((value) => (typeof value === "object" ? [] : [{ text: String(value), words: "" }]));
}

function wordsOf(json: Json | undefined): string {
  const words = isSchema(json) ? json["description"] : undefined;
  return typeof words === "string" ? words : "";
}
