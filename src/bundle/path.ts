/** Where a value stands inside a bundle: dots and indices, such as `leaves[3].entry.statement.message.amount`. */
import type { Json } from "../values/json.ts";

export function join(base: string, key: string | number): string {
  if (typeof key === "number") return `${base}[${key}]`;
  return base === "" ? key : `${base}.${key}`;
}

/** A path as zod and our own errors give it: keys and numbers, or text with dots where `3` is an index. */
export function joinAll(base: string, keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    const text = String(key);
    return join(path, /^[0-9]+$/.test(text) ? Number(text) : text);
  }, base);
}

export function joinText(base: string, dotted: string): string {
  return joinAll(base, dotted === "" ? [] : dotted.split("."));
}

/** Whether `inner` is `outer` or stands inside it. */
export function isWithin(inner: string, outer: string): boolean {
  return outer === "" || inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
}

/** The innermost place that holds all of them; empty when only the whole bundle does. */
export function commonAncestor(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(keysOf);
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return first
    .slice(0, length)
    .reduce((path, key) => (key.startsWith("[") || path === "" ? path + key : `${path}.${key}`), "");
}

/**
 * The first place, in the order of `given`, where the JSON differs from what `expected`, a typed value or JSON itself, is on the
 * wire; nothing when they are equal.
 */
export function firstDifference(given: Json | undefined, expected: unknown, base: string): string | undefined {
  return difference(given, expected)?.reduceRight<string>(join, base);
}

/** Keys of the first difference, the innermost first: most trees are equal, and a path is written only when they are not. */
function difference(given: unknown, expected: unknown): (string | number)[] | undefined {
  if (given === expected || (typeof expected === "bigint" && given === expected.toString())) return undefined;
  if (!isTree(given) || !isTree(expected) || Array.isArray(given) !== Array.isArray(expected)) return [];
  const keys = Object.keys(given);
  for (const key of keys) {
    const found = difference(given[key], Object.hasOwn(expected, key) ? expected[key] : undefined);
    if (found !== undefined) return [...found, Array.isArray(given) ? Number(key) : key];
  }
  return keys.length === countFields(expected) ? undefined : [];
}

/** Those that are `undefined` do not travel. */
function countFields(tree: Readonly<Record<string, unknown>>): number {
  let count = 0;
  for (const key of Object.keys(tree)) if (tree[key] !== undefined) count += 1;
  return count;
}

/** The value at a path below `base`, as `firstDifference` names it. */
export function valueAt(json: Json, base: string, path: string): Json | undefined {
  return keysOf(path.slice(base.length)).reduce<Json | undefined>((value, key) => {
    if (!isTree(value)) return undefined;
    return Object.entries(value).find(([name]) => name === key.replace(/^\[|\]$/g, ""))?.[1];
  }, json);
}

/** `a.b[3]` as `a`, `b`, `[3]`. */
function keysOf(path: string): readonly string[] {
  return path.match(/\[[0-9]+\]|[^.[\]]+/g) ?? [];
}

/** An array too: its keys are its indices. */
export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
