/** What a quorum may ask for. */
import { expect, it } from "vitest";
import { changeSchema, quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { document } from "../example.ts";

const leaf = { group: "custodians", min: 1 };

it.each([[leaf], [{ all: [leaf, { any: [leaf, leaf] }] }], [{ any: [{ all: [leaf] }] }]])("reads %j", (quorum) => {
  expect(quorumSchema.parse(quorum)).toEqual(quorum);
});

it.each([
  [{}],
  [{ group: "custodians" }],
  [{ ...leaf, min: 0 }],
  [{ ...leaf, min: 1.5 }],
  [{ ...leaf, min: 51 }],
  [{ ...leaf, min: "1" }],
  [{ group: "", min: 1 }],
  [{ all: [] }],
  [{ any: [] }],
  [{ all: [leaf], any: [leaf] }],
  [{ ...leaf, all: [leaf] }],
  [{ ordered: [leaf] }],
  [{ any: Array.from({ length: 11 }, () => leaf) }],
  ["custodians"],
  [null],
])("refuses %j", (quorum) => {
  expect(quorumSchema.safeParse(quorum).success).toBe(false);
});

it("a change block has both classes", () => {
  expect(changeSchema.parse(document.change)).toEqual(document.change);
  expect(changeSchema.safeParse({ tighten: document.change.tighten }).success).toBe(false);
});
