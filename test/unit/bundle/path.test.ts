/** Paths inside a bundle. */
import { describe, expect, it } from "vitest";
import { commonAncestor, firstDifference, isWithin, join, joinText, valueAt } from "../../../src/bundle/path.ts";

describe("a path", () => {
  it("has dots for keys and brackets for indices", () => {
    expect(join(join(join("", "leaves"), 3), "entry")).toBe("leaves[3].entry");
    expect(joinText("leaves[0].entry.file", "possessions.3.message")).toBe(
      "leaves[0].entry.file.possessions[3].message",
    );
    expect(joinText("a", "")).toBe("a");
  });

  it("is within what it begins with, key by key", () => {
    expect(isWithin("leaves[1].entry", "leaves[1]")).toBe(true);
    expect(isWithin("leaves[10].entry", "leaves[1]")).toBe(false);
    expect(isWithin("leaves[1].entryx", "leaves[1].entry")).toBe(false);
    expect(isWithin("anything", "")).toBe(true);
  });

  it("meets others at the innermost place that holds all", () => {
    expect(commonAncestor(["a[1].b.c", "a[1].b.d"])).toBe("a[1].b");
    expect(commonAncestor(["a[1].b", "a[2].b"])).toBe("a");
    expect(commonAncestor(["a", "b"])).toBe("");
    expect(commonAncestor(["a[1].b"])).toBe("a[1].b");
  });

  it("leads to the first difference, and back to the value", () => {
    const [given, expected] = [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }];
    expect(firstDifference(given, expected, "x")).toBe("x.a[1].b");
    expect(firstDifference(given, given, "x")).toBeUndefined();
    expect(firstDifference([1], [1, 2], "x")).toBe("x");
    expect(firstDifference({ a: 1 }, [1], "x")).toBe("x");
    expect(valueAt(expected, "x", "x.a[1].b")).toBe(3);
    expect(valueAt(expected, "x", "x.a[9].b")).toBeUndefined();
  });

  it("leads to where JSON is not what a typed value is on the wire", () => {
    const typed = { amount: 10n ** 20n, list: [1n], absent: undefined };
    expect(firstDifference({ amount: "100000000000000000000", list: ["1"] }, typed, "x")).toBeUndefined();
    expect(firstDifference({ amount: "0100000000000000000000", list: ["1"] }, typed, "x")).toBe("x.amount");
    expect(firstDifference({ amount: "100000000000000000000", list: [1] }, typed, "x")).toBe("x.list[0]");
    expect(firstDifference({ amount: "100000000000000000000" }, typed, "x")).toBe("x");
    expect(firstDifference({ toString: "1" }, {}, "x")).toBe("x.toString");
  });
});
