/** Texts that deceive the eye are marked, and honest ones of many languages are not. */
import { describe, expect, it } from "vitest";
import { isStrange, piecesOf } from "../../../src/console/strange-text.ts";

describe("a text is left alone", () => {
  it.each([
    "Bank A omnibus",
    "mint 1,000.5 GLD",
    "Zürich, Straße 5",
    "Θεσσαλονίκη",
    "Москва office",
    "日本語 text",
    "قطر",
    "ʻokina",
  ])("%s", (text) => {
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
    expect(isStrange(text)).toBe(false);
  });
});

describe("a text is marked", () => {
  it.each([
    ["Cyrillic а in a Latin word", "Bаnk A", "letters of Latin and Cyrillic in one word"],
    ["Greek ο in a Latin word", "Omnibοs", "letters of Latin and Greek in one word"],
    ["a zero-width space", "Bank\u200bA", "a character that is not seen"],
    ["a direction override", "abc\u202edef", "a character that is not seen"],
    ["an isolate", "\u2066abc", "a character that is not seen"],
    ["a byte order mark", "\ufeffabc", "a character that is not seen"],
    ["a Hangul filler", "abc\u3164", "a character that is not seen"],
    ["a soft hyphen", "pay\u00adment", "a character that is not seen"],
    ["a control character", "abc\u0007", "a character that is not seen"],
    ["half of a pair", "abc\ud83d", "a character that is not seen"],
  ])("with %s", (_, text, why) => {
    expect(piecesOf(text).flatMap((piece) => piece.why ?? [])).toContain(why);
  });

  it("with its unseen characters by number, in their place", () => {
    expect(piecesOf("ab\u202ecd").map((piece) => piece.text)).toEqual(["ab", "[U+202E]", "cd"]);
  });
});
