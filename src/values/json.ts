/** JSON as we accept it (strict: no duplicate keys, bounded depth) and as we hash it (RFC 8785). */
import { InvalidValue, InvariantViolation } from "./errors.ts";
import { sha256, utf8 } from "./digest.ts";
import type { Bytes32 } from "./bytes32.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Keys that a parser may take for something else than a key. */
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Canonical form of RFC 8785 for the JSON we use: keys sorted by UTF-16 units, no white space, and of numbers only
 * safe integers (amounts are text), so that every implementation writes the same bytes. Fields that are `undefined` are left out.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0))
      throw new InvariantViolation(`only safe integers are hashed, not ${String(value)}`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) throw new InvariantViolation(`a ${typeof value} has no canonical form`);
  let fields = "";
  for (const key of sortedKeys(value)) {
    const field = value[key];
    if (field !== undefined) fields += `${fields === "" ? "" : ","}${JSON.stringify(key)}:${canonical(field)}`;
  }
  return `{${fields}}`;
}

/** What was canonical before, as every leaf of a log was, is in order already. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  return keys.every((key, at) => at === 0 || (keys[at - 1] ?? "") < key) ? keys : keys.sort();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** SHA-256 of the canonical form: the name of a document. */
export function hash(value: unknown): Bytes32 {
  return sha256(utf8(canonical(value)));
}

/**
 * Parses JSON text and refuses what two parsers may read differently: duplicate keys, `__proto__`, more than `maxDepth` levels,
 * numbers that are not safe integers.
 */
export function parseStrict(text: string, maxDepth = 32): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new InvalidValue("json.syntax", "the text is not JSON");
  }
  const keys = checkTree(value, maxDepth);
  if (keys !== countKeys(text)) throw new InvalidValue("json.duplicate-key", "an object has the same key twice");
  return value;
}

/** As `parseStrict`; undefined for what it refuses. */
export function readStrict(text: string): Json | undefined {
  try {
    return parseStrict(text);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

/** Refuses what `parseStrict` would not read back once it is written. */
export function checkReadable(value: unknown, maxDepth = 32): void {
  checkTree(value, maxDepth);
}

/** Checks depth, keys and numbers below `value`; returns how many keys all its objects have together. */
function checkTree(value: unknown, depthLeft: number): number {
  if (depthLeft < 0) throw new InvalidValue("json.depth", "the JSON is nested too deeply");
  if (typeof value === "number" && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
    throw new InvalidValue("json.number", `\`${String(value)}\` is not a whole number; amounts are text`);
  }
  let keys = 0;
  if (Array.isArray(value)) {
    for (const inner of value) keys += checkTree(inner, depthLeft - 1);
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      if (forbiddenKeys.has(key)) throw new InvalidValue("json.forbidden-key", `the key \`${key}\` is not allowed`);
      keys += 1 + checkTree(value[key], depthLeft - 1);
    }
  }
  return keys;
}

/** Keys as the text spells them: strings followed by a colon. `JSON.parse` keeps one of two equal keys, this counts both. */
function countKeys(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/gs)) if (_[1] !== undefined) count += 1;
  return count;
}
