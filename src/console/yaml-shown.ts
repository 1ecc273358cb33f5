/** A document as YAML for people to read: the JSON that was signed, value for value, in the lines that officers know. */
import type { Json } from "../values/json.ts";

/** Reads back as the same JSON. */
export function yamlOf(json: Json): string {
  return isBranch(json) ? lines(json, "").join("\n") : scalar(json);
}

function lines(json: Json, indent: string): readonly string[] {
  if (isList(json)) return json.flatMap((item) => itemLines(item, indent));
  if (json === null || typeof json !== "object") return [];
  return Object.entries(json).flatMap(([key, value]) => field(key, value, indent));
}

export function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function field(key: string, value: Json, indent: string): readonly string[] {
  const name = `${indent}${scalar(key)}:`;
  return isBranch(value) ? [name, ...lines(value, `${indent}  `)] : [`${name} ${scalar(value)}`];
}

/** The first line of an item stands behind its dash. */
function itemLines(item: Json, indent: string): readonly string[] {
  if (!isBranch(item)) return [`${indent}- ${scalar(item)}`];
  const [first = "", ...rest] = lines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

/** What is written over several lines; an empty one is not. */
function isBranch(json: Json): boolean {
  return typeof json === "object" && json !== null && Object.keys(json).length > 0;
}

/** JSON is YAML; only words that no reader takes for anything else go without quotes. */
function scalar(json: Json): string {
  if (typeof json !== "string") return JSON.stringify(json);
  const isPlain =
    /^[A-Za-z][A-Za-z0-9 ._/-]*[A-Za-z0-9]$/.test(json) && !/^(?:true|false|null|yes|no|on|off)$/i.test(json);
  return isPlain ? json : JSON.stringify(json);
}
