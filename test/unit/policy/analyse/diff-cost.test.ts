/** What a diff costs, in what order it speaks, and whom it makes up when it is given no roster. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { diff } from "../../../../src/policy/analyse/diff.ts";
import { rosterIndex } from "../example.ts";
import { custodians, lists, mintRule, small, sum, two, upTo } from "../small.ts";

type Fields = Readonly<Record<string, unknown>>;
const policyOf = (fields: Fields): ReturnType<typeof compile> => compile(small(fields));

describe("a diff for anybody", () => {
  const kinds = (before: Fields, next: Fields): string[] => [
    diff(policyOf(before), policyOf(next)).kind,
    diff(policyOf(next), policyOf(before)).kind,
  ];
  const rules = (min: number): Fields => ({ rules: [mintRule({}, [upTo("100 GLD", custodians(min))])] });

  it("has nobody in groups that both keep apart, so that what they permit is compared", () => {
    const first = {
      separation: [
        ["issuers", "officers"],
        ["issuers", "traders"],
      ],
    };
    const turned = {
      separation: [
        ["traders", "issuers"],
        ["officers", "issuers"],
      ],
    };
    const trade = mintRule(
      { initiator: { group: "traders" }, amount: { gt: "500 GLD" } },
      [upTo("max", custodians(1))],
      "trade",
    );
    const stop = {
      id: "stop",
      when: { operation: "pause", initiator: { group: "officers" } },
      tiers: [upTo("max", custodians(1))],
    };
    const three = (min: number): Fields => ({ rules: [mintRule({}, [upTo("100 GLD", custodians(min))]), trade, stop] });
    expect(kinds({ ...first, ...three(2) }, { ...turned, ...three(3) })).toEqual(["tightening", "loosening"]);
    expect(diff(policyOf(three(2)), policyOf({ ...first, ...three(2) })).regions[0]).toMatchObject({
      effect: "tightening",
      to: "denied by separation.issuers.officers",
    });
  });

  it("has enough people for the floors, guards and limits of both", () => {
    const floor = { groups: { observers: { min: 2 }, custodians: { min: 9 } } };
    expect(kinds({ ...floor, ...rules(2) }, { ...floor, ...rules(3) })).toEqual(["tightening", "loosening"]);
    const guard = (min: number): Fields => ({
      guards: [{ id: "g", when: { operation: "mint" }, add: { quorum: { group: "guards", min } } }],
    });
    expect(kinds(guard(3), guard(4))).toEqual(["tightening", "loosening"]);
    const limit = (min: number): Fields => ({
      limits: [{ id: "l", ...sum, max: "50 GLD", over: { add: { quorum: { group: "watch", min } } } }],
    });
    expect(diff(policyOf(limit(3)), policyOf(limit(4))).regions.length).toBeGreaterThan(0);
  });
});

it("a diff says what loosens before what tightens, each by its words", () => {
  const tiers = (...mins: readonly number[]): Fields => ({
    rules: [
      mintRule(
        {},
        mins.map((min, index) => upTo(`${["10", "50", "100"][index] ?? ""} GLD`, custodians(min))),
      ),
    ],
  });
  const said = (before: Fields, next: Fields): string[] =>
    diff(policyOf(before), policyOf(next), rosterIndex).regions.map(
      ({ effect, region }) => `${effect}: ${region.split(" to list")[0] ?? ""}`,
    );
  expect(said(tiers(2, 1, 1), tiers(1, 2, 2))).toEqual([
    "loosening: mint of up to 10 GLD",
    "tightening: mint of over 10 GLD up to 100 GLD",
  ]);
  expect(said(tiers(2, 1, 3), tiers(1, 1, 2))).toEqual([
    "loosening: mint of over 50 GLD up to 100 GLD",
    "loosening: mint of up to 10 GLD",
  ]);
});

it("a diff is not called undecided for a mistake of ours", () => {
  const broken = { ...policyOf({}), rules: undefined as never };
  expect(() => diff(policyOf({}), broken, rosterIndex)).toThrow(TypeError);
});

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
