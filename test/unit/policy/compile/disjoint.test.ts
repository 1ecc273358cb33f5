/** No intent matches two rules: overlap is found exactly, by operations and by lists. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { sharedOperation } from "../../../../src/policy/compile/disjoint.ts";
import { bankA, calendar, document, documentWith, refusalOf, stranger } from "../example.ts";

const [mint] = document.rules;
const entry = (address: string): unknown => ({ address, label: "somebody" });
const lists = {
  treasury: { entries: [entry(bankA)] },
  partners: { entries: [entry(stranger)] },
  both: { entries: [entry(stranger), entry(bankA)] },
  nobody: { entries: [] },
};
const rule = (id: string, when: Readonly<Record<string, unknown>>): unknown => ({
  ...mint,
  id,
  when: { ...mint!.when, ...when },
});
const compiled =
  (...rules: unknown[]): (() => unknown) =>
  () =>
    compile(documentWith({ lists, rules }));

describe("rules", () => {
  it("of other operations are apart", () => {
    expect(compiled(rule("a", { operation: "mint" }), rule("b", { operation: "transfer" }))).not.toThrow();
  });

  it("for two groups are left to the roster, which says who is in both", () => {
    const other = rule("b", { initiator: { group: "officers" } });
    expect(compiled(rule("a", {}), other)).not.toThrow();
  });

  it("that share an operation and a group overlap, and the message says where", () => {
    const refused = refusalOf(
      compiled(rule("a", { operation: { in: ["mint", "transfer"] } }), rule("b", { operation: "transfer" })),
    );
    expect(refused).toEqual({
      code: "policy.overlap",
      field: "rules.1.when",
      message: "rules.1.when: `b` and `a` both match a transfer",
    });
  });

  it("of one operation are apart when their lists share nobody", () => {
    expect(compiled(rule("a", {}), rule("b", { to: { in: "partners" } }))).not.toThrow();
    expect(refusalOf(compiled(rule("a", {}), rule("b", { to: { in: "both" } }))).code).toBe("policy.overlap");
    expect(refusalOf(compiled(rule("a", {}), rule("b", { to: undefined }))).code).toBe("policy.overlap");
    expect(refusalOf(compiled(rule("a", { to: undefined }), rule("b", {}))).code).toBe("policy.overlap");
  });

  it("are compared each with each", () => {
    const rules = [
      rule("a", { to: { in: "treasury" } }),
      rule("b", { to: { in: "partners" } }),
      rule("c", { to: { in: "both" } }),
    ];
    expect(refusalOf(compiled(...rules)).field).toBe("rules.2.when");
  });
});

describe("rules of one operation and one group", () => {
  const more = { calendar, lists, holidays: { bank: ["2027-01-15"] } };
  const pair = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): (() => unknown) => {
    return () => compile(documentWith({ ...more, rules: [rule("a", one), rule("b", other)] }));
  };
  const anybody = { to: undefined };

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["amounts that meet without a shared one", { amount: { lte: "1 GLD" } }, { amount: { gt: "1 GLD" } }],
    ["fees", { maxFee: { lt: "1 ETH" } }, { maxFee: { gte: "1 ETH" } }],
    ["keys", { account: "a" }, { account: { in: ["b", "c"] } }],
    ["hours", { time: { to: "12:00" } }, { time: { from: "12:00" } }],
    ["weekdays", { time: { days: ["mon"] } }, { time: { days: ["tue", "wed"] } }],
    ["a list and everybody but the list", { to: { in: "both" } }, { to: { notIn: "both" } }],
    ["arguments", { ...anybody, args: { amount: { eq: "1" } } }, { ...anybody, args: { amount: { eq: "2" } } }],
    ["words", { ...anybody, args: { to: { is: bankA } } }, { ...anybody, args: { to: { is: stranger } } }],
    [
      "a word that a list does not hold",
      { ...anybody, args: { to: { is: stranger } } },
      { ...anybody, args: { to: { in: "treasury" } } },
    ],
    [
      "a word that is left out",
      { ...anybody, args: { to: { is: bankA } } },
      { ...anybody, args: { to: { notIn: "both" } } },
    ],
    [
      "the recipient and the argument that is the same",
      { to: { in: "treasury" } },
      { ...anybody, args: { to: { in: "partners" } } },
    ],
    ["a list and a list that leaves it out", { to: { in: "treasury" } }, { to: { notIn: "both" } }],
  ])("are apart by their %s", (_, one, other) => {
    expect(pair(one, other)).not.toThrow();
    expect(pair(other, one)).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["amounts that share one", { amount: { lte: "1 GLD" } }, { amount: { gte: "1 GLD" } }],
    ["an amount and none", { amount: { lte: "1 GLD" } }, {}],
    ["fees that share one", { maxFee: { lte: "1 ETH" } }, { maxFee: { gte: "1 ETH" } }],
    ["a shared key", { account: { in: ["a", "b"] } }, { account: { in: ["b", "c"] } }],
    ["hours of other days", { time: { from: "08:00" } }, { time: { days: ["mon"] } }],
    ["a holiday of one of them", { time: { from: "08:00", holidays: "bank" } }, { time: { from: "08:00" } }],
    ["lists that leave out", { to: { notIn: "treasury" } }, { to: { notIn: "partners" } }],
    ["a list that is left out in part", { to: { in: "both" } }, { to: { notIn: "treasury" } }],
    ["shared days", { time: { days: ["mon", "tue"] } }, { time: { days: ["tue", "wed"] } }],
    ["lists that leave out, one within the other", { to: { notIn: "both" } }, { to: { notIn: "treasury" } }],
    ["the same word", { ...anybody, args: { to: { is: bankA } } }, { ...anybody, args: { to: { is: bankA } } }],
    [
      "a word that a list holds",
      { ...anybody, args: { to: { is: bankA } } },
      { ...anybody, args: { to: { in: "treasury" } } },
    ],
    [
      "a word that is not left out",
      { ...anybody, args: { to: { is: stranger } } },
      { ...anybody, args: { to: { notIn: "treasury" } } },
    ],
    ["a number that is said and a bound", { args: { amount: { is: "5" } } }, { args: { amount: { lte: "9" } } }],
    ["other arguments", { ...anybody, args: { amount: { eq: "1" } } }, { ...anybody, args: { to: { is: bankA } } }],
  ])("overlap by %s", (_, one, other) => {
    expect(refusalOf(pair(one, other)).code).toBe("policy.overlap");
    expect(refusalOf(pair(other, one)).code).toBe("policy.overlap");
  });

  it("for typed data are apart by what is signed", () => {
    const signing = (id: string, typedData: Readonly<Record<string, unknown>>): unknown => ({
      id,
      when: {
        operation: "signTypedData",
        initiator: { group: "issuers" },
        typedData: { domain: { chainId: 1, verifyingContract: bankA }, primaryType: "Permit", ...typedData },
      },
      tiers: mint!.tiers,
    });
    const apart = (typedData: Readonly<Record<string, unknown>>): (() => unknown) =>
      compiled(signing("a", {}), signing("b", typedData));
    expect(apart({ primaryType: "Order" })).not.toThrow();
    expect(apart({ domain: { chainId: 2, verifyingContract: bankA } })).not.toThrow();
    expect(apart({ domain: { chainId: 1, verifyingContract: stranger } })).not.toThrow();
    expect(refusalOf(apart({ domain: { chainId: 1, verifyingContract: bankA, name: "Gold" } })).code).toBe(
      "policy.overlap",
    );
    const named = (name: string): unknown => signing(name, { domain: { chainId: 1, verifyingContract: bankA, name } });
    expect(compiled(named("Gold"), named("Silver"))).not.toThrow();
    const again = signing("again", { domain: { chainId: 1, verifyingContract: bankA, name: "Gold" } });
    expect(refusalOf(compiled(named("Gold"), again)).code).toBe("policy.overlap");
    expect(refusalOf(compiled(named("Gold"), signing("b", {}))).code).toBe("policy.overlap");
    const fields = (id: string, some: object): unknown => signing(id, { fields: some });
    const pairs: [object, object][] = [
      [{ memo: { is: "x" } }, { note: { is: "y" } }],
      [{ memo: { is: "5" } }, { memo: { lte: "4" } }],
      [{ memo: { lte: "4" } }, { memo: { in: "nobody" } }],
      [{ memo: { within: "1h" } }, { memo: { in: "nobody" } }],
    ];
    for (const [one, other] of pairs)
      for (const both of [
        [one, other],
        [other, one],
      ] as const)
        expect(refusalOf(compiled(fields("a", both[0]), fields("b", both[1]))).code).toBe("policy.overlap");
    const spending = (id: string, list: string): unknown => signing(id, { fields: { spender: { in: list } } });
    expect(compiled(spending("a", "treasury"), spending("b", "partners"))).not.toThrow();
  });

  it("for two groups that are kept apart cannot meet, and for two that are not they may", () => {
    const two = [rule("a", {}), rule("b", { initiator: { group: "custodians" } })];
    const { rules, separation, lists: compiledLists } = compile(documentWith({ lists, rules: two }));
    const [one, other] = rules;
    expect(sharedOperation(one!, other!, { lists: compiledLists, separation })).toBeUndefined();
    expect(sharedOperation(other!, one!, { lists: compiledLists, separation })).toBeUndefined();
    expect(sharedOperation(one!, other!, { lists: compiledLists, separation: [] })).toBe("mint");
  });
});
