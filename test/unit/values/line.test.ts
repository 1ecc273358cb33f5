/** A line of text cannot disguise itself. */
import { describe, expect, it } from "vitest";
import { InvalidValue } from "../../../src/values/errors.ts";
import { parse, parseReference } from "../../../src/values/line.ts";

describe("a line", () => {
  it.each(["", "receipt 42 seen in the vault", "Zürich, 東京, Ελλάδα", "100% (sure) – “yes”", "x".repeat(200), "👍"])(
    "is %j",
    (text) => {
      expect(parse(text)).toBe(text);
    },
  );

  it.each([
    ["a control character", "a\u0000b"],
    ["a new line", "a\nb"],
    ["a tab", "a\tb"],
    ["an escape", "\u001b[2J"],
    ["a right-to-left override", "a\u202eb"],
    ["an isolate", "a\u2066b"],
    ["a zero-width space", "a\u200bb"],
    ["a zero-width joiner", "a\u200db"],
    ["a byte order mark", "\ufeffa"],
    ["a soft hyphen", "a\u00adb"],
    ["a no-break space", "a\u00a0b"],
    ["a line separator", "a\u2028b"],
    ["a lone surrogate", "\ud800"],
    ["a private character", "\ue000"],
    ["an unassigned character", "\u{e0080}"],
    ["a decomposed letter", "u\u0308"],
    ["a space before", " a"],
    ["a space after", "a "],
    ["too much", "x".repeat(201)],
  ])("has no %s", (_, text) => {
    expect(() => parse(text)).toThrow(InvalidValue);
  });

  it.each([1, null, undefined, [], {}])("is not %j", (value) => {
    expect(() => parse(value)).toThrow(InvalidValue);
  });
});

describe("a reference", () => {
  it.each(["42", "RCPT-42", "2026/11/vault:7_a.b", "a".repeat(64)])("is %s", (text) => {
    expect(parseReference(text)).toBe(text);
  });

  it.each(["", "-1", "/x", "a b", "a\n", "é", "a;b", "=1+1", "a".repeat(65), "рeceipt", 1, null])(
    "is not %j",
    (text) => {
      expect(() => parseReference(text)).toThrow(InvalidValue);
    },
  );
});
