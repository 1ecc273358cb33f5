/** Thirty-two bytes have one spelling. */
import { describe, expect, it } from "vitest";
import { is, parse, zero } from "../../../src/values/bytes32.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

describe("thirty-two bytes", () => {
  it("are lower-case hex with 0x", () => {
    const text = `0x${"0a".repeat(32)}`;
    expect(parse(text)).toBe(text);
    expect(is(text)).toBe(true);
    expect(parse(zero)).toBe(zero);
  });

  it.each([
    "",
    "0x",
    `0x${"0A".repeat(32)}`,
    `0X${"0a".repeat(32)}`,
    `0x${"0a".repeat(31)}`,
    `0x${"0a".repeat(33)}`,
    "0a".repeat(32),
    `0x${"0a".repeat(32)}\n`,
    1,
    null,
    undefined,
  ])("are not %j", (text) => {
    expect(is(text)).toBe(false);
    expect(() => parse(text)).toThrow(InvalidValue);
  });
});
