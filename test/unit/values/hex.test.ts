/** Hex and bytes are inverse, and other spellings are refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidValue } from "../../../src/values/errors.ts";
import { concat, equalBytes, fromBytes, parse, quote, toBytes } from "../../../src/values/hex.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("hex", () => {
  it("and bytes are inverse", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(toBytes(fromBytes(some))).toEqual(some);
        expect(parse(fromBytes(some))).toBe(`0x${Buffer.from(some).toString("hex")}`);
      }),
    );
  });

  it.each(["", "0", "00", "0x0", "0xAB", "0Xab", "0xzz", " 0x00", "0x00 ", "0x00\n", 1, null, undefined, []])(
    "is not %j",
    (text) => {
      expect(() => parse(text)).toThrow(InvalidValue);
    },
  );

  it("has a bound", () => {
    expect(parse("0xabcd", 2)).toBe("0xabcd");
    expect(() => parse("0xabcdef", 2)).toThrow(InvalidValue);
  });
});

it("puts bytes together and compares them", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect([...concat(a, b)]).toEqual([...a, ...b]);
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      expect(equalBytes(a, a.slice())).toBe(true);
    }),
  );
});

it("quotes what was typed, shortened", () => {
  expect(quote("x".repeat(80))).toBe("x".repeat(80));
  expect(quote("x".repeat(81))).toBe(`${"x".repeat(77)}…`);
  expect(quote(undefined)).toBe("nothing");
  expect(quote({ a: 1 })).toBe('{"a":1}');
});
