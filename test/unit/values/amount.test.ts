/** Amounts are read in one way, never rounded, and bounded before they are computed. */
import { parseUnits as ethersParseUnits } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format, fromBigInt, max, parse, parseUnits, zero } from "../../../src/values/amount.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

const amounts = fc.bigInt(0n, max).map(fromBigInt);
const decimals = fc.integer({ min: 0, max: 77 });
const bad = [
  "",
  " ",
  " 1",
  "1 ",
  "+1",
  "-1",
  "-0",
  "00",
  "01",
  "0x10",
  "1e3",
  "1E3",
  "1_000",
  "1,000",
  "١",
  "¹",
  "NaN",
  "Infinity",
  "1\n",
  "\u00a01",
  "0b1",
  "0o7",
];

describe("base units", () => {
  it("read back what they write", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parse(amount.toString())).toBe(amount);
      }),
    );
  });

  it.each([...bad, "1.0", ".", ".5", "1."])("are not `%s`", (text) => {
    expect(() => parse(text)).toThrow(InvalidValue);
  });

  it.each([1, true, null, undefined, [], ["1"], {}])("are not the value %s", (value) => {
    expect(() => parse(value)).toThrow(InvalidValue);
  });

  it("go from 0 to 2^256 - 1", () => {
    expect(parse("0")).toBe(zero);
    expect(parse(max.toString())).toBe(max);
    expect(() => parse((max + 1n).toString())).toThrow(expect.objectContaining({ code: "value.amount-range" }));
    expect(() => parse("9".repeat(78))).toThrow(InvalidValue);
    expect(() => fromBigInt(-1n)).toThrow(InvalidValue);
    expect(() => fromBigInt(max + 1n)).toThrow(InvalidValue);
  });

  it("refuse a million digits at once", () => {
    const began = performance.now();
    expect(() => parse("9".repeat(1_000_000))).toThrow(InvalidValue);
    expect(performance.now() - began).toBeLessThan(50);
  });
});

describe("human units", () => {
  it.each([...bad, ".", ".5", "1.", "1.2.3", "1,5", "1. 5"])("are not `%s`", (text) => {
    expect(() => parseUnits(text, 18)).toThrow(InvalidValue);
  });

  it("are what ethers reads", () => {
    fc.assert(
      fc.property(amounts, decimals, (amount, places) => {
        const text = format(amount, places).replaceAll(",", "");
        expect(parseUnits(text, places)).toBe(amount);
        expect(ethersParseUnits(text, places)).toBe(amount);
      }),
    );
  });

  it("are never rounded: a digit too many is refused, be it a zero", () => {
    expect(parseUnits("1.5", 1)).toBe(15n);
    for (const text of ["1.55", "1.50"])
      expect(() => parseUnits(text, 1)).toThrow(expect.objectContaining({ code: "value.amount-decimals" }));
    expect(() => parseUnits("1.0", 0)).toThrow(InvalidValue);
  });

  it("do not overflow", () => {
    expect(() => parseUnits(max.toString(), 1)).toThrow(expect.objectContaining({ code: "value.amount-range" }));
  });
});

describe("the text for people", () => {
  it.each([
    [0n, 18, "0"],
    [1n, 18, "0.000000000000000001"],
    [1_234_500_000_000_000_000_000n, 18, "1,234.5"],
    [1_000_000n, 0, "1,000,000"],
    [999n, 0, "999"],
    [1_000n, 3, "1"],
  ])("of %s with %s decimals is %s", (value, places, text) => {
    expect(format(fromBigInt(value), places)).toBe(text);
  });

  it("is different for different amounts", () => {
    fc.assert(
      fc.property(amounts, amounts, decimals, (a, b, places) => {
        expect(format(a, places) === format(b, places)).toBe(a === b);
      }),
    );
  });
});
