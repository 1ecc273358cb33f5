/** A list that shuts its entries out never reassures, and tokens that move go "to" somebody. */
import { expect, it } from "vitest";
import { forbids, recipientTerm } from "../../../src/console/recipient.ts";
import type { Operation } from "../../../src/intent/operation.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { parse } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy } from "../../place/gold.ts";

const shut = parse("sanctioned");
const initiator = { group: "issuers" };
const lists = {
  treasury: { entries: [{ address: `0x${"aa".repeat(20)}`, label: "Bank A omnibus" }] },
  sanctioned: { entries: [{ address: `0x${"dd".repeat(20)}`, label: "A thief" }] },
};

it.each<[Operation, string]>([
  ["mint", "to"],
  ["transfer", "to"],
  ["forcedTransfer", "to"],
  ["distribute", "to"],
  ["freeze", "about"],
  ["grantRole", "about"],
])("of %s the recipient is labelled %s", (operation, word) => {
  expect(recipientTerm(operation)).toBe(word);
});

it.each<[string, object, boolean]>([
  ["a rule for those who are not in it", { when: { operation: "mint", initiator, to: { notIn: "sanctioned" } } }, true],
  ["a rule for those who are in it", { when: { operation: "mint", initiator, to: { in: "sanctioned" } } }, false],
  ["a rule of another operation", { when: { operation: "redeem", initiator } }, false],
])("%s", (_, part, answer) => {
  const rule = toWire(goldPolicy().rules[0]) as object;
  const policy = compile(goldPolicy({ lists, rules: [{ ...rule, ...part }] }));
  expect(forbids(policy, shut, "mint")).toBe(answer);
});

it.each<[string, object, boolean]>([
  ["a guard that denies those who are in it", { when: { operation: "mint", to: { in: "sanctioned" } } }, true],
  [
    "a guard that spares those who are not in it",
    { when: { operation: "mint" }, unless: { to: { notIn: "sanctioned" } } },
    true,
  ],
  [
    "a guard that spares those who are in it",
    { when: { operation: "mint" }, unless: { to: { in: "sanctioned" } } },
    false,
  ],
  ["a guard of another operation", { when: { operation: "grantRole", to: { in: "sanctioned" } } }, false],
])("%s", (_, part, answer) => {
  const policy = compile(goldPolicy({ lists, guards: [{ id: "shut", deny: true, ...part }] }));
  expect(forbids(policy, shut, "mint")).toBe(answer);
  expect(forbids(policy, parse("treasury"), "mint")).toBe(false);
});
