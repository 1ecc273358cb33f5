/** Words for every key of the language, and for nothing else. */
import { expect, it } from "vitest";
import { policyJsonSchema, rosterJsonSchema } from "../../../../src/policy/document/json-schema.ts";
import { policyWords, rosterWords } from "../../../../src/policy/document/schema-words.ts";

type Key = { readonly path: string; readonly description: unknown };

/** Every key that a schema names, with the keys it is under. */
function keysOf(schema: unknown, path: readonly string[] = []): readonly Key[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([word, value]: [string, unknown]) => {
    if (word !== "properties") return keysOf(value, path);
    return Object.entries(value as Readonly<Record<string, { description?: unknown }>>).flatMap(([key, inner]) => [
      { path: [...path, key].join("."), description: inner.description },
      ...keysOf(inner, [...path, key]),
    ]);
  });
}

const documents = [
  ["policy", policyWords, keysOf(policyJsonSchema())],
  ["roster", rosterWords, keysOf(rosterJsonSchema())],
] as const;

it.each(documents)("every key of a %s has words in src/policy/document/schema-words.ts", (_, words, keys) => {
  expect(keys.filter(({ description }) => description === undefined)).toEqual([]);
  const ends = Object.keys(words);
  const wordless = keys.filter(({ path }) => !ends.some((end) => `.${path}`.endsWith(`.${end}`)));
  expect(wordless.map(({ path }) => path)).toEqual([]);
});

it.each(documents)("nothing has words that no %s can say", (_, words, keys) => {
  expect(Object.keys(words).filter((end) => !keys.some(({ path }) => `.${path}`.endsWith(`.${end}`)))).toEqual([]);
});

it("of two ends of a path the longer speaks, and what a value is stands behind what its key means", () => {
  const described = keysOf(policyJsonSchema());
  const wordsOf = (path: string): unknown => described.find((key) => key.path === path)?.description;
  expect(wordsOf("limits.max")).toBe(policyWords["limits.max"]);
  expect(wordsOf("groups.min")).toBe(policyWords["groups.min"]);
  expect(wordsOf("rules.tiers.delay")).toBe("how long it waits (a length of time such as `30m`, `48h` or `7d`)");
});
