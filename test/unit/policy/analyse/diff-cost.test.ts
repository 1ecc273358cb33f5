/** What a diff costs: rules of the other policy that no request of a rule could match cut nothing. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { diff } from "../../../../src/policy/analyse/diff.ts";
import { rosterIndex } from "../example.ts";
import { custodians, lists, mintRule, small, two, upTo } from "../small.ts";

describe("a diff looks at no more cases than it must", () => {
  const apart = { maxFee: { lte: "0.05 ETH" } };
  const cost = (rules: readonly object[]): number => {
    const policy = compile(small({ lists: lists("a", "b"), rules }));
    const enough = (budget: number): boolean => diff(policy, policy, rosterIndex, { budget }).kind !== "undecided";
    return Array.from({ length: 100 }, (_, budget) => budget).find(enough) ?? 100;
  };

  it.each<[string, object]>([
    ["other operations", mintRule({ ...apart, operation: "transfer" }, [two], "other")],
    ["larger amounts", mintRule({ ...apart, amount: { gt: "500 GLD" } }, [upTo("max", custodians(2))], "other")],
    ["other people", mintRule({ ...apart, initiator: { group: "officers" } }, [two], "other")],
    ["other recipients", mintRule({ ...apart, to: { in: "other" } }, [two], "other")],
  ])("where another rule is for %s", (_, other) => {
    const mint = mintRule({ amount: { lte: "100 GLD" } });
    expect(cost([mint, other])).toBe(cost([mint]) + cost([other]));
  });
});
