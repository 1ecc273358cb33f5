/** What the pages say of a document: taken and refused as everywhere, in short words. */
import { describe, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as lean from "../../scripts/lean-plain-issue.js";
import { policySchema } from "../../src/policy/document/document.ts";
import { readPlainly } from "../../src/policy/document/plain-issue.ts";
import { goldPolicy } from "../place/gold.ts";

const { readPlainly: readShortly } = lean as { readonly readPlainly: typeof readPlainly };

const policy = goldPolicy() as unknown as Readonly<Record<string, unknown>>;
const documents: readonly (readonly [string, unknown])[] = [
  ["a policy", policy],
  ["one with a stranger among its keys", { ...policy, stranger: 1 }],
  ["one without rules", { ...policy, rules: [] }],
  ["one of another version", { ...policy, version: "7" }],
  ["a list", []],
  ["nothing", null],
];

describe("a document that a page reads", () => {
  test.each(documents)("is taken or refused as everywhere: %s", (_, document) => {
    const [short, whole] = [readShortly(policySchema, document), readPlainly(policySchema, document)];
    expect(short.kind).toBe(whole.kind);
    if (short.kind === "read" && whole.kind === "read") expect(short.value).toEqual(whole.value);
    if (short.kind === "wrong" && whole.kind === "wrong") {
      expect(short.issues.length).toBeGreaterThan(0);
      for (const { message } of short.issues) expect(message).not.toBe("");
    }
  });
});
