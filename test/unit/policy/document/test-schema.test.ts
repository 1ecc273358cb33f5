/** Tests as they are written in a policy: one request, what is given, and one expectation. */
import { expect, it } from "vitest";
import { testSchema } from "../../../../src/policy/document/test-schema.ts";

const test = { name: "a mint", request: { operation: "mint", by: "ida" }, expect: { allow: "mint" } };

it.each<[string, object, boolean]>([
  ["nothing more", {}, true],
  ["a time with its offset", { at: "2026-10-05T10:00:00+02:00" }, true],
  ["a time of nowhere", { at: "2026-10-05T10:00:00" }, false],
  ["votes with and without a credential", { votes: ["carla", { by: "cora", with: "cora-1" }] }, true],
  ["a vote of nobody", { votes: [{ with: "cora-1" }] }, false],
  ["a wait and vetoes", { waited: "24h", vetoes: ["olga"] }, true],
  ["what is given", { given: { used: { "mint-day": "1 GLD", often: 3 }, price: ["10.0"], identity: "revoked" } }, true],
  ["a fact that there is not", { given: { missing: ["weather"] } }, false],
  ["two expectations", { expect: { allow: "mint", deny: "mint.to" } }, false],
  ["no expectation", { expect: {} }, false],
])("a test with %s", (_, more, taken) => {
  expect(testSchema.safeParse({ ...test, ...more }).success).toBe(taken);
});
