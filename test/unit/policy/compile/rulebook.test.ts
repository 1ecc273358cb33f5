/** Rules found by operation and recipient: all that may match, and none twice. */
import { expect, it } from "vitest";
import { policyOperationSchema } from "../../../../src/policy/document/condition-schema.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { rulebookOf } from "../../../../src/policy/compile/rulebook.ts";
import { bankA, document, documentWith, inputWith, mintRule, stranger } from "../example.ts";

it("finds exactly the rules whose operation and list hold", () => {
  const { policy } = inputWith();
  const index = rulebookOf(policy);
  for (const operation of policyOperationSchema.options) {
    for (const to of [bankA, stranger]) {
      const wanted = policy.rules.filter(
        ({ when }) =>
          when.operations.has(operation) &&
          (when.to === undefined || policy.lists.get(when.to.list)?.entries.has(to) === true),
      );
      expect(new Set(index.candidates(operation, to))).toEqual(new Set(wanted));
    }
  }
});

it("finds a rule for everybody but some, and one whose list somebody shares with another", () => {
  const lists = {
    treasury: { entries: [{ address: bankA, label: "A" }] },
    partners: {
      entries: [
        { address: bankA, label: "A" },
        { address: stranger, label: "B" },
      ],
    },
  };
  const rules = [
    mintRule({ to: { in: "treasury" }, amount: { lte: "1 GLD" } }, { id: "a" }),
    mintRule({ to: { in: "partners" }, amount: { gt: "1 GLD" } }, { id: "b" }),
    mintRule({ to: { notIn: "partners" } }, { id: "c" }),
  ];
  const index = rulebookOf(compile(documentWith({ lists, rules })));
  expect(index.candidates("mint", bankA).map(({ id }) => id)).toEqual(["c", "a", "b"]);
  expect(index.candidates("mint", stranger).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(index.candidates("burn", bankA)).toEqual([]);
});

it("is made once, in the order of ids", () => {
  const { policy } = inputWith();
  expect(rulebookOf(policy)).toBe(rulebookOf(policy));
  expect(rulebookOf(policy).names).toBe("mint, payout, redeem, restart, stop");
  expect(rulebookOf(policy).byId).toHaveLength(document.rules.length);
});
