/** What observers say of a feed has one spelling, and holds whatever a contract can answer. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feedText, readFeed } from "../../../src/evidence/feed.ts";
import { isFactValue } from "../../../src/evidence/fact-value.ts";
import { canonical } from "../../../src/values/json.ts";
import { jsonSchema } from "../../../src/values/schema.ts";
import { saidBy } from "../../place/feeds.ts";

const changed = (fields: Readonly<Record<string, unknown>>): string =>
  canonical(jsonSchema.parse({ ...(JSON.parse(saidBy(1)) as object), ...fields }));

describe("the text of a feed", () => {
  it("is read as it was written, whatever numbers a contract answers", () => {
    const uint = (bits: bigint): fc.Arbitrary<string> => fc.bigInt(0n, (1n << bits) - 1n).map(String);
    const numbers = fc.record({
      round: uint(80n),
      answeredInRound: uint(80n),
      updatedAt: uint(256n),
      answer: fc.bigInt(-(1n << 255n), (1n << 255n) - 1n).map(String),
    });
    fc.assert(
      fc.property(numbers, (fields) => {
        const text = saidBy(1, fields);
        const read = readFeed(text)!;
        expect(read).toMatchObject(fields);
        expect(feedText(read)).toBe(text);
        expect(isFactValue("round", text)).toBe(true);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["a number", "7"],
    ["a space more", `${saidBy(1)} `],
    ["a field more", changed({ startedAt: "1" })],
    ["a round of more than 80 bits", changed({ round: (1n << 80n).toString() })],
    ["an answer of more than 256 bits", changed({ answer: (1n << 255n).toString() })],
    ["an answer of minus nothing", changed({ answer: "-0" })],
    ["an answer with a fraction", changed({ answer: "1.5" })],
    ["a time as a number", changed({ updatedAt: 1 })],
    ["a leading zero", changed({ updatedAt: "01" })],
    ["more decimals than a contract may have", changed({ decimals: 100 })],
    ["a description that turns its text", changed({ description: "GLD \u202e" })],
    ["code in capitals", changed({ code: `0x${"FE".repeat(32)}` })],
  ])("is not %s", (_, text) => {
    expect(readFeed(text)).toBeUndefined();
    expect(isFactValue("round", text)).toBe(false);
  });
});
