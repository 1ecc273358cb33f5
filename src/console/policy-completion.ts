/** What may stand where somebody writes in a policy: the place is read from the YAML before the cursor, in lines and in braces, and looked up in the schema. */
import type { Json } from "../values/json.ts";

export type Spot = {
  /** Keys from the root, `[]` for an item of a list. */
  readonly path: readonly string[];
  readonly at: "key" | "value";
  /** What was typed of it already. */
  readonly typed: string;
};

export type Suggestion = { readonly text: string; readonly kind: "key" | "value"; readonly words: string };

const item = "[]";
type Level = { readonly column: number; readonly step: string };
type Brace = { readonly opens: string; key: string | undefined };
type Reading = { levels: Level[]; readonly braces: Brace[]; word: string; isValue: boolean };

/** Of a text that is still being written: what is not understood is passed over. */
export function spotAt(text: string, cursor: number): Spot {
  const reading: Reading = { levels: [], braces: [], word: "", isValue: false };
  for (const line of text.slice(0, cursor).split("\n")) readLine(reading, line);
  const { levels, braces, word, isValue } = reading;
  const steps = braces.flatMap(({ opens, key }) => (opens === "[" ? [item] : key === undefined ? [] : [key]));
  const inner = braces.at(-1);
  const isKey = inner === undefined ? !isValue : inner.opens === "{" && inner.key === undefined;
  return {
    path: [...levels.map(({ step }) => step), ...steps],
    at: isKey ? "key" : "value",
    typed: word.trimStart(),
  };
}

function readLine(reading: Reading, line: string): void {
  reading.word = "";
  if (reading.braces.length > 0) {
    readFlow(reading, line);
    return;
  }
  reading.isValue = false;
  const [, head = "", body = ""] = /^( *(?:-(?: +|$))*)(.*)$/.exec(line) ?? [];
  if (line.trim().startsWith("#")) return;
  for (const dash of head.matchAll(/-/g)) {
    const { index } = dash;
    // A list may stand in the column of its key.
    leave(reading, (level) => level.column > index || (level.column === index && level.step === item));
    reading.levels.push({ column: index, step: item });
  }
  leave(reading, ({ column }) => column >= head.length);
  const [written = "", quoted, plain] = /^(?:"([^"]*)"|([A-Za-z][\w-]*)):(?: |$)/.exec(body) ?? [];
  const key = quoted ?? plain;
  if (key !== undefined) {
    reading.levels.push({ column: head.length, step: key });
    reading.isValue = true;
  }
  readFlow(reading, body.slice(written.length));
}

function leave(reading: Reading, left: (level: Level) => boolean): void {
  const first = reading.levels.findIndex(left);
  if (first >= 0) reading.levels = reading.levels.slice(0, first);
}

const quotes: ReadonlySet<string> = new Set(['"', "'"]);
const openings: ReadonlySet<string> = new Set(["{", "["]);
const closings: ReadonlySet<string> = new Set(["}", "]"]);

function readFlow(reading: Reading, text: string): void {
  let quote: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === undefined && character === "#" && (index === 0 || text.charAt(index - 1) === " ")) return;
    const begins = quote === undefined && quotes.has(character) && reading.word.trim() === "";
    if (quote === undefined && !begins) readMark(reading, character, "\n ".includes(text.charAt(index + 1)));
    else reading.word += character;
    if (begins) quote = character;
    else if (character === quote) quote = undefined;
  }
}

/** Braces and what stands between them; everything else belongs to the word. `isApart`: nothing follows at once. */
function readMark(reading: Reading, character: string, isApart: boolean): void {
  const { braces } = reading;
  const inner = braces.at(-1);
  if (openings.has(character) && reading.word.trim() === "") braces.push({ opens: character, key: undefined });
  else if (inner === undefined) {
    reading.word += character;
    return;
  } else if (closings.has(character)) braces.pop();
  else if (character === ",") inner.key = undefined;
  else if (character === ":" && isApart && inner.opens === "{" && inner.key === undefined)
    inner.key = reading.word.trim().replaceAll('"', "");
  else {
    reading.word += character;
    return;
  }
  reading.word = "";
}

/** Each once, of those that begin as it was typed; values at the beginning of a line or of a map only where there are no keys. */
export function suggestionsAt(schema: Json, { path, at, typed }: Spot): readonly Suggestion[] {
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
  return [(isSchema(properties) ? properties[step] : undefined) ?? additionalProperties];
}

function keysOf({ properties }: Schema): readonly Suggestion[] {
  if (!isSchema(properties)) return [];
  return Object.entries(properties).map(([text, one]) => ({ text, kind: "key", words: wordsOf(one) }));
}

function valuesOf(one: Schema): readonly Suggestion[] {
  const values = [...listOf(one["enum"]), one["const"] ?? []];
  const both = one["type"] === "boolean" && values.length === 0 ? [true, false] : values;
  return both.flatMap((value) =>
    typeof value === "object" ? [] : [{ text: String(value), kind: "value" as const, words: wordsOf(one) }],
  );
}

function wordsOf(json: Json | undefined): string {
  const words = isSchema(json) ? json["description"] : undefined;
  return typeof words === "string" ? words : "";
}
