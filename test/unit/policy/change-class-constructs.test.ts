/** Every construct of the language and every way to edit it: the closed list of what tightens, and everything else. */
import { describe, expect, it } from "vitest";
import { changeClass } from "../../../src/policy/change/change-class.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { PolicyDocument } from "../../../src/policy/document/document.ts";
import { editedBy, everyConstruct, loosenings, tightenings, type Edit } from "../../place/construct.ts";
import { goldPolicy } from "../../place/gold.ts";

const base = goldPolicy(everyConstruct());

function edited(edit: Edit): PolicyDocument {
  return goldPolicy({ ...editedBy(base, edit), version: 2, previous: `sha256:${"1".repeat(64)}` });
}

describe("tightens", () => {
  it.each(tightenings)("%s", (_, one) => {
    const next = edited(one);
    expect(() => compile(next)).not.toThrow();
    expect(changeClass(base, next)).toBe("tighten");
  });
});

describe("loosens", () => {
  it.each(loosenings)("%s", (_, one) => {
    const next = edited(one);
    expect(() => compile(next)).not.toThrow();
    expect(changeClass(base, next)).toBe("loosen");
  });
});

describe("the table of edits", () => {
  const names = (document: object): readonly string[] =>
    Object.entries(document).flatMap(([key, value]: [string, unknown]) => [
      ...(Array.isArray(document) ? [] : [key]),
      ...(value !== null && typeof value === "object" ? names(value) : []),
    ]);

  it("has an edit of every key that a rule, guard, limit or document can have", () => {
    const said = new Set(names(base));
    const wanted =
      "ordered any all credentials distinct people units delay veto loud batch typedData args within time holidays notIn cover deviation sources maxAge calendar tests never always separation";
    expect(wanted.split(" ").filter((key) => !said.has(key))).toEqual([]);
  });
});
