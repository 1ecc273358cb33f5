/** A walk over the cells of a rule: every amount once, up to and beyond its tiers. */
import { describe, expect, it } from "vitest";
import * as amount from "../../../../src/values/amount.ts";
import { gld, n, rosterIndex, rosterWith } from "../example.ts";
import { conditionsOf, edgesOf, shown, terrainOf, visits } from "../../../../src/policy/analyse/survey.ts";
import { diff } from "../../../../src/policy/analyse/diff.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { compliance, custodians, mintRule, small, sum, two, upTo, zurich } from "../small.ts";
import { first, terrainWith, visitsOf } from "../terrain.ts";

describe("a walk over a rule", () => {
  it("is cut at its tiers, at full limits and at what reserves can cover", () => {
    const fields = {
      rules: [mintRule({}, [two, upTo("300 GLD", custodians(3))])],
      limits: [{ id: "day", ...sum, max: "200 GLD", over: "deny" }],
    };
    expect(visitsOf(fields).map(({ spot, tier, outcome }) => [spot.amount.below, tier?.below, outcome.kind])).toEqual([
      [gld("100") + 1n, gld("100") + 1n, "permitted"],
      [gld("200") + 1n, gld("300") + 1n, "permitted"],
      [gld("300") + 1n, gld("300") + 1n, "denied"],
      [amount.max + 1n, undefined, "denied"],
    ]);
  });

  it("sees the tiers of a rule for another group that somebody is in as well", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    const rules = [mintRule(), mintRule({ initiator: { group: "traders" } }, [upTo("30 GLD", custodians(1))], "trade")];
    expect(visitsOf({ rules }, roster).map(({ spot }) => spot.amount.below)).toContain(gld("30") + 1n);
    expect(visitsOf({ rules }).map(({ rule }) => rule.id)).not.toContain("trade");
  });

  it("says of a rule that asks for another account than its own key's what all the others make of the spot", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    const rules = [
      mintRule(),
      mintRule({ initiator: { group: "traders" }, account: "hsm-other" }, [two], "elsewhere"),
      mintRule({ initiator: { group: "traders" }, account: "hsm-mint" }, [two], "here"),
    ];
    const seen = visitsOf({ rules }, roster).map(({ rule, outcome }) => [rule.id, outcome.kind]);
    expect(seen).toContainEqual(["elsewhere", "ambiguous"]);
    expect(seen).not.toContainEqual(["elsewhere", "permitted"]);
    expect(seen).toContainEqual(["here", "ambiguous"]);
    const policy = compile(small({ rules }));
    expect(diff(policy, policy, roster)).toMatchObject({ kind: "same", regions: [] });
  });

  it("is cut along conditions of claims", () => {
    const policy = compile(small());
    const claim = { condition: { ...policy.rules[0]!.when, amount: { from: 5n, below: 9n } }, policy };
    const terrain = terrainOf(policy, rosterIndex, [claim]);
    expect([...visits(policy.rules[0]!, terrain, { left: 100 })].map(({ spot }) => spot.amount.from)).toEqual([
      1n,
      5n,
      9n,
      gld("100") + 1n,
    ]);
  });
});

describe("what a limit is asked of", () => {
  it("is its condition, and of one by the calendar whether local time is known", () => {
    const limits = [
      { id: "day", ...sum, max: "1 GLD", over: "deny" },
      { id: "month", ...sum, window: "calendar month", max: "9 GLD", over: { add: { quorum: compliance } } },
      { id: "often", metric: "count", window: "rolling 1h", per: "asset", max: 3, over: "deny" },
    ];
    const policy = compile(small({ ...zurich, limits }));
    expect(policy.limits.map((limit) => conditionsOf(limit).length)).toEqual([1, 2, 1]);
    expect(edgesOf(policy)).toEqual([gld("1") + 1n, gld("9") + 1n]);
  });
});

describe("an example of a cell", () => {
  it("is a request in words and as data, or nothing when there is none", () => {
    const terrain = terrainWith();
    const { spot } = first(visitsOf());
    expect(shown(terrain, spot, n("hsm-mint"))).toMatchObject({
      example: { request: { operation: "mint", amount: "100 GLD", by: "ida" } },
    });
    expect(shown(terrain, spot, n("gone"))).toEqual({});
  });
});
