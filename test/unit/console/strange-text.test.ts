/** Texts that deceive the eye are marked, and honest ones of many languages are not. */
import { describe, expect, it } from "vitest";
import { piecesOf } from "../../../src/console/strange-text.ts";

const reasonsIn = (text: string): readonly string[] => piecesOf(text).flatMap(({ why }) => why ?? []);

describe("a text is left alone", () => {
  it.each([
    "Bank A omnibus",
    "mint 1,000.5 GLD",
    "Zürich, Straße 5",
    "Zu\u0308rich",
    "Nguyễn Thị Hồng",
    "Nguyễn Thị Hồng".normalize("NFD"),
    "Θεσσαλονίκη",
    "Москва office",
    "а и о",
    "日本語 text",
    "Tシャツ 5",
    "A股",
    "서울 office",
    "ประเทศไทย",
    "मुंबई शाखा",
    "Երևան",
    "თბილისი",
    "قطر",
    "תל אביב",
    "ʻokina",
    "10 m² at 5 ℃, № 7™",
  ])("%s", (text) => {
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
    expect(reasonsIn(text)).toEqual([]);
  });
});

const alike = "a word that looks like a Latin one";
const dressed = "letters that look like others";
const hidden = "a character that is not seen";

describe("a text is marked", () => {
  it.each([
    ["Cyrillic а in a Latin word", "Bаnk A", "letters of Latin and Cyrillic in one word"],
    ["Greek ο in a Latin word", "Omnibοs", "letters of Latin and Greek in one word"],
    ["a lone Cyrillic А in a Latin text", "Bank А", alike],
    ["a Cyrillic word that reads as a Latin one", "Bank СОРЕ", alike],
    ["a Greek word that reads as a Latin one", "ΒΑΝΚ of London", alike],
    ["a Lisu word that reads as a Latin one", "ꓐꓮꓠꓗ of London", alike],
    ["Cherokee in a Latin word", "Ᏼank", "letters of Latin and another script in one word"],
    ["Coptic in a Latin word", "Bⲟnk", "letters of Latin and another script in one word"],
    ["Hebrew in a Latin word", "Banסk", "letters of Latin and Hebrew in one word"],
    ["wide letters", "Ｂａｎｋ A", dressed],
    ["letters of formulas", "𝐁𝐚𝐧𝐤 A", dressed],
    ["small capitals", "ʙᴀɴᴋ A", dressed],
    ["letters in circles", "Ⓑank A", dressed],
    ["marks upon marks", "Ban\u0324\u0331k", dressed],
    ["a zero-width space", "Bank\u200bA", hidden],
    ["a direction override", "abc\u202edef", hidden],
    ["an isolate", "\u2066abc", hidden],
    ["a byte order mark", "\ufeffabc", hidden],
    ["a Hangul filler", "abc\u3164", hidden],
    ["a soft hyphen", "pay\u00adment", hidden],
    ["a combining grapheme joiner", "pay\u034fment", hidden],
    ["a control character", "abc\u0007", hidden],
    ["half of a pair", "abc\ud83d", hidden],
  ])("with %s", (_, text, why) => {
    expect(reasonsIn(text)).toContain(why);
  });

  it("with its unseen characters by number, in their place", () => {
    expect(piecesOf("ab\u202ecd").map((piece) => piece.text)).toEqual(["ab", "[U+202E]", "cd"]);
  });
});
