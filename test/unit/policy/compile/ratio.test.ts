/** Ratios are decimal numbers above 0, read without rounding. */
import { expect, it } from "vitest";
import { readRatio } from "../../../../src/policy/compile/ratio.ts";

it.each([
  ["1.00", 100n, 100n],
  ["0.01", 1n, 100n],
  ["3", 3n, 1n],
  ["0.000000000000000001", 1n, 10n ** 18n],
])("%s is one whole number over a power of ten", (text, numerator, denominator) => {
  expect(readRatio(text, "field")).toEqual({ text, numerator, denominator });
});

it.each(["0", "0.00", "", "1.", ".5", "-1", "1e2", "01", "1,000", "0.0000000000000000001"])(
  "`%s` is none, and the field is named",
  (text) => {
    expect(() => readRatio(text, "token.multiplier.rise")).toThrow(
      expect.objectContaining({ code: "policy.ratio", field: "token.multiplier.rise" }),
    );
  },
);
