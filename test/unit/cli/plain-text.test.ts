/** Nothing that a server says moves the cursor or hides among the words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "../../../src/cli/plain-text.ts";

describe("text for a terminal", () => {
  it("keeps what people write", () => {
    for (const text of ["mint 1,000 GLD", "Zürich — 金", "two\nlines\tand a tab", "👍"])
      expect(plainText(text)).toBe(text);
  });

  it("shows what would move the cursor, turn the words around or hide", () => {
    expect(plainText("a\u001b[2Kb\r")).toBe("a\\u001b[2Kb\\u000d");
    expect(plainText("1\u202e00\u200b")).toBe("1\\u202e00\\u200b");
    expect(plainText("\u009b\ud800")).toBe("\\u009b\\ud800");
  });

  it("changes no JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(plainText(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
