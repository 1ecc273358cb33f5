/** A chain id is a positive safe integer. */
import { expect, it } from "vitest";
import { parse } from "../../../src/values/chain-id.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

it.each([1, 31_337, Number.MAX_SAFE_INTEGER])("is a chain id: %s", (value) => {
  expect(parse(value)).toBe(value);
});

it.each([0, -0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, "1", 1n, null, undefined, true, [1]])(
  "is no chain id: %s",
  (value) => {
    expect(() => parse(typeof value === "bigint" ? value.toString() : value)).toThrow(InvalidValue);
  },
);
