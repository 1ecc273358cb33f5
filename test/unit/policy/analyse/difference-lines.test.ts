/** What goes and what comes, line by line and field by field. */
import { describe, expect, it } from "vitest";
import { differenceLines, fieldChanges, under } from "../../../../src/policy/analyse/difference-lines.ts";

describe("lines of a difference", () => {
  it("are what goes, then what comes, in their own order", () => {
    expect(differenceLines(["a", "b", "c"], ["c", "d", "a", "e"])).toEqual(["- b", "+ d", "+ e"]);
    expect(differenceLines(["a"], ["a"])).toEqual([]);
  });

  it("name every field by its path, whatever the order of the keys", () => {
    const before = { b: [1, { c: "x" }], a: null, gone: {} };
    const after = { a: null, b: [1, { c: "y" }], empty: [] };
    expect(fieldChanges(before, after)).toEqual(['- b.1.c: "x"', "- gone: {}", '+ b.1.c: "y"', "+ empty: []"]);
    expect(fieldChanges(before, { gone: {}, a: null, b: [1, { c: "x" }] })).toEqual([]);
  });

  it("are all new when there was nothing", () => {
    expect(fieldChanges(undefined, { a: 1n })).toEqual(['+ a: "1"']);
  });

  it("stand under a title when there are any", () => {
    expect(under("title", ["one", "two"])).toEqual(["title:", "  one", "  two"]);
    expect(under("title", [])).toEqual([]);
  });
});
