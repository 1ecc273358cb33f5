/** A name is short, plain and safe in a path. */
import { expect, it } from "vitest";
import { InvalidValue } from "../../../src/values/errors.ts";
import { parse } from "../../../src/values/name.ts";

it.each(["a", "GLD", "hsm-mint", "obs-1", "A".repeat(64), "constructor"])("is a name: %s", (text) => {
  expect(parse(text)).toBe(text);
});

it.each([
  "",
  "1a",
  "-a",
  "a b",
  "a_b",
  "a.b",
  "../a",
  "a/b",
  "é",
  "a\n",
  "A".repeat(65),
  "__proto__",
  "а",
  1,
  null,
  undefined,
])("is no name: %j", (text) => {
  expect(() => parse(text)).toThrow(InvalidValue);
});
