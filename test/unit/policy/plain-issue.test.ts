/** The one complaint about a document, in words of the document. */
import { expect, it } from "vitest";
import { z } from "zod";
import { plainIssue } from "../../../src/policy/plain-issue.ts";
import { quorumSchema } from "../../../src/policy/requirement.ts";

const issueOf = (schema: z.ZodType, input: unknown): unknown => {
  const result = schema.safeParse(input);
  return result.success ? "read" : plainIssue(result.error.issues);
};

it("an unknown key is named, at its place", () => {
  expect(issueOf(z.strictObject({ a: z.strictObject({}) }), { a: { b: 1, c: 2 } })).toEqual({
    field: "a",
    message: "unknown key `b`, `c`; nothing is ignored",
  });
});

it("a key that no shape knows is named, also inside a tree", () => {
  const tree = { all: [{ group: "custodians", min: 1 }, { ordered: [] }] };
  expect(issueOf(z.strictObject({ quorum: quorumSchema }), { quorum: tree })).toEqual({
    field: "quorum.all.1",
    message: "unknown key `ordered`; nothing is ignored",
  });
});

it("of several shapes the one that knows the keys complains", () => {
  expect(issueOf(quorumSchema, { group: "custodians", min: 0 })).toMatchObject({ field: "min" });
  expect(issueOf(quorumSchema, { any: [] })).toMatchObject({ field: "any" });
});

it("nothing to say is said so", () => {
  expect(plainIssue([])).toEqual({ field: "", message: "the document is not understood" });
});
