/** A condition asks only what every operation it is asked of has. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { bankA, document, documentWith, mintRule, permit, refusalOf, tierWith } from "../example.ts";

const domain = { chainId: 1, verifyingContract: permit.domain.verifyingContract };
const typedData = { domain, primaryType: "Permit" };
const guard = (fields: Readonly<Record<string, unknown>>): unknown => ({
  guards: [{ id: "g", deny: true, ...fields }],
});
const limit = (fields: Readonly<Record<string, unknown>>): unknown => ({
  limits: [{ ...document.limits![0], ...fields }],
});
const rule = (when: Readonly<Record<string, unknown>>): unknown => ({ rules: [mintRule(when)] });
const signing = (when: Readonly<Record<string, unknown>>): unknown => ({
  rules: [{ id: "r", when: { operation: "signTypedData", initiator: { group: "issuers" }, ...when }, ...tierWith({}) }],
});

describe("a condition", () => {
  it.each<[string, unknown, string, string]>([
    [
      "a recipient of a burn",
      guard({ when: { operation: "burn", to: { in: "treasury" } } }),
      "policy.recipient",
      "guards.0.when.to",
    ],
    [
      "a recipient of everything",
      guard({ when: { to: { notIn: "treasury" } } }),
      "policy.recipient",
      "guards.0.when.to",
    ],
    [
      "a recipient that spares everything",
      guard({ unless: { to: { in: "treasury" } } }),
      "policy.recipient",
      "guards.0.unless.to",
    ],
    [
      "a recipient in a limit on burns",
      limit({ when: { operation: "burn", to: { in: "treasury" } } }),
      "policy.recipient",
      "limits.0.when.to",
    ],
    [
      "an argument that the call has not",
      rule({ args: { memo: { is: "x" } } }),
      "policy.argument",
      "rules.0.when.args.memo",
    ],
    [
      "an address among numbers",
      rule({ args: { amount: { in: "treasury" } } }),
      "policy.argument",
      "rules.0.when.args.amount",
    ],
    ["a number among addresses", rule({ args: { to: { lte: "5" } } }), "policy.argument", "rules.0.when.args.to"],
    ["a time among addresses", rule({ args: { to: { within: "1h" } } }), "policy.argument", "rules.0.when.args.to"],
    ["no address", rule({ args: { to: { is: "bank" } } }), "policy.argument", "rules.0.when.args.to"],
    ["no number", rule({ args: { amount: { is: "5 GLD" } } }), "policy.argument", "rules.0.when.args.amount"],
    ["typed data of a mint", rule({ typedData }), "policy.typed-data", "rules.0.when"],
    ["typed data of any kind", signing({}), "policy.typed-data", "rules.0.when"],
    [
      "typed data of two operations",
      guard({ when: { operation: { in: ["mint", "signTypedData"] }, typedData } }),
      "policy.typed-data",
      "guards.0.when.typedData",
    ],
    [
      "a recipient of typed data",
      signing({ typedData, to: { in: "treasury" } }),
      "policy.recipient",
      "rules.0.when.to",
    ],
    [
      "an argument of typed data",
      signing({ typedData, args: { to: { is: bankA } } }),
      "policy.argument",
      "rules.0.when.args.to",
    ],
  ])("that asks %s is refused", (_, fields, code, field) => {
    const { code: said, field: place } = refusalOf(() => compile(documentWith(fields as Record<string, unknown>)));
    expect({ code: said, field: place }).toEqual({ code, field });
  });

  it.each<[unknown, string]>([
    [
      guard({ when: { operation: { in: ["mint", "burn", "pause"] }, to: { in: "treasury" } } }),
      "guards.0.when.to: burn, pause has no recipient",
    ],
    [
      guard({ when: { operation: { in: ["mint", "burn", "signTypedData"] }, typedData } }),
      "guards.0.when.typedData: mint, burn is no typed data",
    ],
    [rule({ args: { memo: { is: "x" } } }), "rules.0.when.args.memo: mint has no argument `memo`"],
    [rule({ args: { to: { lte: "5" } } }), "rules.0.when.args.to: `to` of mint is an address"],
    ...["05", "x5", "5x", bankA].map((is): [unknown, string] => [
      rule({ args: { amount: { is } } }),
      "rules.0.when.args.amount: `amount` of mint is a uint256",
    ]),
    ...[`x${bankA}`, `${bankA}0`, "5"].map((is): [unknown, string] => [
      rule({ args: { to: { is } } }),
      "rules.0.when.args.to: `to` of mint is an address",
    ]),
  ])("is refused in these words: %o", (fields, message) => {
    expect(refusalOf(() => compile(documentWith(fields as Record<string, unknown>))).message).toBe(message);
  });

  it.each<[string, unknown]>([
    ...["0", "5", "123"].map((is): [string, unknown] => [`the number ${is}`, rule({ args: { amount: { is } } })]),
    ["a time among numbers", rule({ args: { amount: { within: "1h" } } })],
    ["an address among addresses", rule({ args: { to: { is: bankA } } })],
    [
      "a recipient of what has one",
      guard({ when: { operation: { in: ["mint", "transfer"] }, to: { notIn: "treasury" } } }),
    ],
    [
      "a recipient that spares what has one",
      guard({ when: { operation: "mint" }, unless: { to: { in: "treasury" } } }),
    ],
    ["a recipient that spares one operation", guard({ unless: { operation: "mint", to: { in: "treasury" } } })],
    [
      "an argument that all have",
      guard({ when: { operation: { in: ["mint", "burn"] }, args: { amount: { gt: "5" } } } }),
    ],
    ["typed data without naming it", guard({ when: { typedData } })],
    ["typed data that is spared", guard({ unless: { typedData } })],
    ["typed data by its fields", signing({ typedData: { ...typedData, fields: { memo: { is: "x" } } } })],
  ])("that asks %s compiles", (_, fields) => {
    expect(() => compile(documentWith(fields as Record<string, unknown>))).not.toThrow();
  });
});
