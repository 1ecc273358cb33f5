/** Complaints about a document, in words of the document. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readPlainly } from "../../../../src/policy/document/plain-issue.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { credentialSchema } from "../../../../src/roster/roster.ts";
import { addressSchema, nameSchema } from "../../../../src/values/schema.ts";

const issuesOf = (schema: z.ZodType, input: unknown): unknown => {
  const reading = readPlainly(schema, input);
  return reading.kind === "read" ? "read" : reading.issues;
};
const wordsOf = (schema: z.ZodType, input: unknown): string[] => {
  const reading = readPlainly(z.strictObject({ it: schema }), { it: input });
  return reading.kind === "read" ? [] : reading.issues.map(({ field, message }) => `${field}: ${message}`);
};

describe("readPlainly", () => {
  it("gives what was read", () => {
    expect(readPlainly(addressSchema, `0x${"AA".repeat(20)}`.replace("AAAA", "aaaa"))).toMatchObject({ kind: "wrong" });
    expect(readPlainly(z.strictObject({ a: nameSchema }), { a: "b" })).toEqual({ kind: "read", value: { a: "b" } });
  });

  it("names each unknown key with the field it stands in", () => {
    expect(issuesOf(z.strictObject({ a: z.strictObject({}) }), { a: { b: 1, c: 2 } })).toEqual([
      { field: "a", key: "b", message: "unknown key `b`; nothing is ignored" },
      { field: "a", key: "c", message: "unknown key `c`; nothing is ignored" },
    ]);
  });

  it("names a key that no shape knows, also inside a tree", () => {
    const tree = { all: [{ group: "custodians", min: 1 }, { ordred: [] }] };
    expect(issuesOf(z.strictObject({ quorum: quorumSchema }), { quorum: tree })).toEqual([
      { field: "quorum.all.1", key: "ordred", message: "unknown key `ordred`; nothing is ignored" },
    ]);
  });

  it("names a key that is no name", () => {
    expect(issuesOf(z.record(nameSchema, z.int()), { "a b": 1 })).toEqual([
      { field: "", key: "a b", message: "`a b` is not a name: letters, digits and dashes, 64 at most" },
    ]);
  });

  it("says everything that is wrong, not only the first", () => {
    expect(issuesOf(z.strictObject({ a: z.int(), b: z.array(z.int()) }), { b: [1, "x", "y"] })).toEqual([
      { field: "a", message: "`a` is missing" },
      { field: "b.1", message: "`x` is not a whole number" },
      { field: "b.2", message: "`y` is not a whole number" },
    ]);
  });

  it("lets the shape complain that is nearest to what is written", () => {
    expect(wordsOf(quorumSchema, { group: "custodians", min: 0 })).toEqual(["it.min: `0` is less than 1"]);
    expect(wordsOf(quorumSchema, { any: [] })).toEqual(["it.any: `any` is an empty list"]);
    const filter = z.union([z.enum(["mint", "burn"]), z.strictObject({ in: z.array(z.enum(["mint", "burn"])) })]);
    expect(wordsOf(filter, "mnt")).toEqual(["it: `mnt` is none of `mint`, `burn`"]);
    expect(wordsOf(filter, { in: ["mnt"] })).toEqual(["it.in.0: `mnt` is none of `mint`, `burn`"]);
    expect(wordsOf(filter, { im: ["mint"] })).toEqual(["it: unknown key `im`; nothing is ignored"]);
    expect(wordsOf(filter, undefined)).toEqual(["it: `it` is missing"]);
    expect(wordsOf(filter, null)).toEqual(["it: `it` is empty"]);
    expect(wordsOf(filter, "")).toEqual(["it: `it` is empty"]);
    expect(wordsOf(credentialSchema, { kind: "smartcard" })).toEqual([
      "it.kind: `smartcard` is none of `wallet`, `key`, `passkey`",
    ]);
    expect(wordsOf(credentialSchema, { id: "a" })).toEqual(["it.kind: `kind` is missing"]);
  });

  it.each<[unknown, z.ZodType, string]>([
    [undefined, z.string(), "`it` is missing"],
    [null, z.strictObject({}), "`it` is empty"],
    [7, z.string(), "`7` is not text"],
    [7, z.string().describe("an amount with its unit"), "`7` is not an amount with its unit"],
    ["7", z.int(), "`7` is not a whole number"],
    ["yes", z.boolean(), "`yes` is not `true` or `false`"],
    ["a", z.array(z.string()), "`a` is not a list"],
    [[], z.strictObject({}), "a list is not a map of keys and values"],
    ["a", z.record(z.string(), z.string()), "`a` is not a map of keys and values"],
    ["v2", z.literal("v1"), "`v2` is not `v1`"],
    [{}, z.literal("v1"), "a map is not `v1`"],
    [78, z.int().max(77), "`78` is more than 77"],
    [["a"], z.tuple([z.string(), z.string()]), "`it` has fewer than 2 entries"],
    [["a", "b"], z.array(z.string()).max(1), "`it` has more than 1 entries"],
    ["abc", z.string().max(2), "`it` has more than 2 characters"],
    ["", z.string().min(1), "`it` is empty"],
    ["ab", z.string().min(3), "`it` has fewer than 3 characters"],
    [[], z.array(z.string()).min(1), "`it` is an empty list"],
    [["a"], z.array(z.string()).min(2), "`it` has fewer than 2 entries"],
    [0, z.int().min(1), "`0` is less than 1"],
    ["a", z.null(), "`a` is not `null`"],
    ["a", z.tuple([z.string()]), "`a` is not a list"],
    ["a", z.number(), "`a` is not a whole number"],
    [true, z.strictObject({}), "`true` is not a map of keys and values"],
    [[], z.literal("v1"), "a list is not `v1`"],
    ["a", z.string().regex(/b/, "not a `b`"), "not a `b`"],
  ])("says of %j what an officer understands", (input, schema, words) => {
    expect(wordsOf(schema, input)).toEqual([`it: ${words}`]);
  });

  it("has words for a document that is nothing", () => {
    expect(issuesOf(z.strictObject({}), undefined)).toEqual([{ field: "", message: "this is missing" }]);
    expect(issuesOf(z.strictObject({}), null)).toEqual([{ field: "", message: "this is empty" }]);
  });
});
