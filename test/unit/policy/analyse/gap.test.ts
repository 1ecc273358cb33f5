/** Amounts between two rules that none of them covers. */
import { describe, expect, it } from "vitest";
import type { PolicyFinding } from "../../../../src/policy/analyse/finding.ts";
import { gapFindings } from "../../../../src/policy/analyse/gap.ts";
import { custodians, lists, mintRule, upTo } from "../small.ts";
import { terrainWith } from "../terrain.ts";

const found = (rules: readonly object[]): readonly PolicyFinding[] =>
  gapFindings(terrainWith({ rules, lists: lists("a", "b") }), { left: 10_000 });
const below = (when: object = {}): object => mintRule({ amount: { lte: "50 GLD" }, ...when }, undefined, "below");
const above = (when: object = {}): object => mintRule({ amount: { gt: "60 GLD" }, ...when }, undefined, "above");

describe("a hole between two rules", () => {
  it("is said with its ends and a request in it", () => {
    expect(found([below(), above()])).toMatchObject([
      {
        code: "policy.gap",
        severity: "warning",
        field: "rules.1.when.amount",
        message: "no rule covers a mint of 50.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
        example: { request: { amount: "60 GLD" } },
      },
    ]);
  });

  it("begins where the tiers of the lower rule end", () => {
    const short = mintRule({}, [upTo("20 GLD", custodians(1))], "short");
    expect(
      found([
        mintRule({ amount: { gt: "30 GLD" } }, undefined, "above"),
        mintRule({ amount: { lte: "30 GLD" } }, [upTo("20 GLD", custodians(1))], "short"),
      ])[0]?.message,
    ).toContain("20.000000000000000001 GLD to 30 GLD");
    expect(found([short])).toEqual([]);
  });

  const between = (when: object, ...tiers: readonly object[]): object => mintRule(when, tiers, "between");

  it.each<[string, readonly object[], string]>([
    [
      "after another rule ends",
      [below(), above(), between({ amount: { gt: "50 GLD", lte: "55 GLD" } }, upTo("60 GLD", custodians(1)))],
      "mint of 55.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
    ],
    [
      "above the tiers of another rule",
      [below(), above(), between({ amount: { gt: "50 GLD", lte: "60 GLD" } }, upTo("57 GLD", custodians(1)))],
      "mint of 57.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
    ],
    [
      "where another rule is for other recipients",
      [below(), above(), between({ to: { in: "other" } }, upTo("100 GLD", custodians(1)))],
      "mint of 50.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
    ],
    [
      "of the one operation that both are for",
      [
        below({ operation: { in: ["transfer", "mint"] } }),
        above(),
        between({ operation: "transfer", amount: { gt: "50 GLD" } }, upTo("100 GLD", custodians(1))),
      ],
      "mint of 50.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
    ],
    [
      "of a single unit",
      [below(), above({ amount: { gt: "50.000000000000000001 GLD" } })],
      "mint of 50.000000000000000001 GLD to 50.000000000000000001 GLD, between what `below` and `above` cover",
    ],
    [
      "whichever of them stands first",
      [above(), below()],
      "mint of 50.000000000000000001 GLD to 60 GLD, between what `below` and `above` cover",
    ],
  ])("is told %s", (_, rules, words) => {
    expect(found(rules).map(({ message }) => message)).toEqual([`no rule covers a ${words}`]);
  });

  it("is told once for each rule that stands above it", () => {
    const other = between({ amount: { gt: "52 GLD", lte: "60 GLD" } }, upTo("60 GLD", custodians(1)));
    expect(found([below(), above(), other]).map(({ field, message }) => `${field}: ${message}`)).toEqual([
      "rules.1.when.amount: no rule covers a mint of 50.000000000000000001 GLD to 52 GLD, between what `below` and `above` cover",
      "rules.2.when.amount: no rule covers a mint of 50.000000000000000001 GLD to 52 GLD, between what `below` and `between` cover",
    ]);
  });

  it.each<[string, readonly object[]]>([
    ["where the rules touch", [below(), above({ amount: { gt: "50 GLD" } })]],
    [
      "where another rule covers it",
      [below(), above(), mintRule({ amount: { gt: "50 GLD", lte: "60 GLD" } }, undefined, "between")],
    ],
    [
      "where another rule covers it tier by tier",
      [
        below(),
        above(),
        mintRule(
          { amount: { gt: "50 GLD", lte: "60 GLD" } },
          [upTo("55 GLD", custodians(1)), upTo("60 GLD", custodians(2))],
          "between",
        ),
      ],
    ],
    ["between rules for other recipients", [below(), above({ to: { in: "other" } })]],
    ["between rules for other operations", [below(), above({ operation: "transfer" })]],
    ["between rules for other people", [below(), above({ initiator: { group: "officers" } })]],
    ["above every rule", [below()]],
  ])("is none %s", (_, rules) => {
    expect(found(rules)).toEqual([]);
  });
});
