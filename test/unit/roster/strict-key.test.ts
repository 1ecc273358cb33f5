/** What a token must say of a key that was made on it. */
import { expect, test } from "vitest";
import { mayLeaveWrapped, weaknesses } from "../../../src/roster/strict-key.ts";
import { strictFlags } from "../../place/key-record.ts";

const leaving = { CKA_EXTRACTABLE: true, CKA_NEVER_EXTRACTABLE: false };

test.each<[string, Readonly<Record<string, boolean>>, readonly string[], readonly string[]]>([
  ["as strict as a key can be", {}, [], []],
  ["that may be read", { CKA_SENSITIVE: false }, [], ["CKA_SENSITIVE is false instead of true"]],
  [
    "that may leave as anybody likes",
    leaving,
    [],
    ["CKA_EXTRACTABLE is true instead of false", "CKA_NEVER_EXTRACTABLE is false instead of true"],
  ],
  ["that may leave under a trusted key alone", { ...leaving, CKA_WRAP_WITH_TRUSTED: true }, [], []],
  ["that came from elsewhere", { CKA_LOCAL: false }, [], ["CKA_LOCAL is false instead of true"]],
  ["that decrypts", { CKA_DECRYPT: true }, [], ["CKA_DECRYPT is true instead of false"]],
  ["that decrypts, given up or not", { CKA_DECRYPT: true }, ["CKA_DECRYPT"], ["CKA_DECRYPT is true instead of false"]],
])("a key %s", (_, flags, givenUp, found) => {
  expect(weaknesses({ selfReported: { ...strictFlags, ...flags }, givenUp: [...givenUp] })).toEqual(found);
});

test("silence about a flag that matters is a weakness, unless the record says that it was given up", () => {
  const silent = Object.fromEntries(Object.entries(strictFlags).filter(([name]) => name !== "CKA_LOCAL"));
  expect(weaknesses({ selfReported: silent, givenUp: [] })).toEqual(["CKA_LOCAL is absent instead of true"]);
  expect(weaknesses({ selfReported: silent, givenUp: ["CKA_LOCAL"] })).toEqual([]);
});

test("a key leaves its token wrapped where both flags say so", () => {
  expect(mayLeaveWrapped({ selfReported: { ...strictFlags, ...leaving, CKA_WRAP_WITH_TRUSTED: true } })).toBe(true);
  expect(mayLeaveWrapped({ selfReported: { ...strictFlags, ...leaving } })).toBe(false);
  expect(mayLeaveWrapped({ selfReported: { ...strictFlags, CKA_WRAP_WITH_TRUSTED: true } })).toBe(false);
});
