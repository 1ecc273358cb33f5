/** Amounts with and without their unit. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/cli/outcome.ts";
import { withoutUnit } from "../../../src/cli/quantity.ts";

describe("an amount as typed", () => {
  it("may name its own unit", () => {
    expect(withoutUnit("amount", "100", "GLD")).toBe("100");
    expect(withoutUnit("amount", "0.5 GLD", "GLD")).toBe("0.5");
  });

  it.each(["100 SLV", "100 gld", "100  GLD", "100 GLD ", " 100"])("is not in another unit: `%s`", (text) => {
    expect(() => withoutUnit("amount", text, "GLD")).toThrow(UsageError);
  });

  it.each(["1 ", " 1", "1 GLD "])("says that a space is too many: `%s`", (text) => {
    expect(() => withoutUnit("amount", text, "GLD")).toThrow(`--amount: \`${text}\` begins or ends with a space`);
  });
});
