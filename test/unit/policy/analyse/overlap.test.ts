/** Rules that one request matches together, through somebody in two groups. */
import { describe, expect, it } from "vitest";
import { overlapFindings } from "../../../../src/policy/analyse/overlap.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { PolicyFinding } from "../../../../src/policy/analyse/finding.ts";
import { n, rosterWith } from "../example.ts";
import { custodians, decideExample, lists, mintRule, small, two, upTo } from "../small.ts";
import { terrainWith } from "../terrain.ts";

const both = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
const trade = (when: object = {}, tiers: readonly object[] = [two]): object =>
  mintRule({ initiator: { group: "traders" }, ...when }, tiers, "trade");
const found = (rules: readonly object[], roster = both): readonly PolicyFinding[] =>
  overlapFindings(terrainWith({ rules, lists: lists("a", "b") }, roster), { left: 10_000 });

describe("two rules for two groups", () => {
  it("overlap through whoever is in both, once, with a request that is refused for it", () => {
    const [finding, ...others] = found([mintRule(), trade()]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "policy.overlap", severity: "error", field: "rules.1.when" });
    expect(finding?.message).toBe(
      "`trade` and `mint` match together for whoever is in traders and issuers (ivan), and what two rules match is refused: keep the groups apart, or the rules",
    );
    const [several] = found(
      [mintRule(), trade()],
      rosterWith({
        ivan: { groups: ["issuers", "traders"].map(n) },
        ida: { groups: ["issuers", "traders"].map(n) },
      }),
    );
    expect(several?.message).toContain("(ida, ivan)");
    const policy = compile(small({ rules: [mintRule(), trade()], lists: lists("a", "b") }));
    expect(decideExample(finding!.example!, policy, both).code).toBe("policy.ambiguous");
  });

  it("do not when nobody is in both", () => {
    expect(found([mintRule(), trade()], rosterWith({ ivan: { groups: [n("traders")] } }))).toEqual([]);
  });

  it.each<[string, object]>([
    ["recipients", { to: { in: "other" } }],
    ["operations", { operation: "transfer" }],
    ["keys", { account: "hsm-other" }],
  ])("do not when their %s are apart", (_, when) => {
    expect(found([mintRule({ account: "hsm-mint" }), trade(when)])).toEqual([]);
  });

  it("do also above all of their tiers, and for a key that neither signs with", () => {
    expect(found([mintRule({ amount: { gt: "500 GLD" } }), trade()])).toHaveLength(1);
    expect(found([mintRule({ account: "hsm-other" }), trade()])).toMatchObject([
      { example: { request: { account: "hsm-other" } } },
    ]);
    expect(
      found([
        mintRule({ amount: { lte: "5 GLD" } }),
        trade({ amount: { gt: "5 GLD" } }, [upTo("9 GLD", custodians(1))]),
      ]),
    ).toEqual([]);
  });
});
