/** Cells with everything that a cell may hold, and cells that a spreadsheet would run. */
import { expect, it } from "vitest";
import { csv } from "../../../src/console/csv.ts";

it("quotes what would end a cell or a row", () => {
  expect(csv([["a", 'say "b"', "c,d", "e\nf"]])).toBe('a,"say ""b""","c,d","e\nf"\r\n');
});

it.each(["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])("makes text of a cell that begins like a formula: %j", (text) => {
  expect(csv([[text]])).toContain(`'${text}`);
});

it("leaves numbers, words and empty cells as they are", () => {
  expect(csv([["12", "", "a=b"]])).toBe("12,,a=b\r\n");
});
