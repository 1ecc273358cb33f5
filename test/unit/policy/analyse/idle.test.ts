/** What can never happen, and why not. */
import { describe, expect, it } from "vitest";
import { idleOf } from "../../../../src/policy/analyse/idle.ts";
import type { PolicyFinding } from "../../../../src/policy/analyse/finding.ts";
import { visits } from "../../../../src/policy/analyse/survey.ts";
import { n, rosterIndex, rosterWith } from "../example.ts";
import { compliance, custodians, mintRule, sum, two, upTo } from "../small.ts";
import { terrainWith } from "../terrain.ts";

function found(fields: Readonly<Record<string, unknown>>, roster = rosterIndex): readonly PolicyFinding[] {
  const terrain = terrainWith(fields, roster);
  const idle = idleOf(terrain);
  for (const rule of terrain.ground.policy.rules)
    for (const visit of visits(rule, terrain, { left: 10_000 })) idle.see(visit);
  return idle.findings();
}
const texts = (fields: Readonly<Record<string, unknown>>): string[] =>
  found(fields).map(({ field, message }) => `${field}: ${message}`);
const three = { rules: [mintRule({}, [two, upTo("300 GLD", custodians(3))])] };
const limit = (max: string): object => ({ limits: [{ id: "day", ...sum, max, over: "deny" }] });

describe("what never happens", () => {
  it("is nothing in a sound policy", () => {
    expect(found({})).toEqual([]);
  });

  it("is a rule without people, recipients or a way past its guards, and says which", () => {
    expect(texts({ lists: { treasury: { entries: [] } } })).toEqual([
      "rules.0: `mint` never permits anything: no request that the rule matches has such an amount, recipient and initiator",
    ]);
    expect(texts({ guards: [{ id: "no", when: { operation: "mint" }, deny: true }] })).toEqual([
      "rules.0: `mint` never permits anything: guard.no denies it",
    ]);
    expect(texts({ rules: [mintRule({ account: "hsm-other" })] })).toEqual([
      "rules.0: `mint` never permits anything: its key is not an account that `mint` is for",
    ]);
  });

  it("is no tier that only a batch comes to", () => {
    const rule = mintRule({ amount: { lte: "100 GLD" } }, [two, upTo("300 GLD", custodians(3))]);
    const unreached =
      "rules.0.tiers.1: no request of this tier is ever allowed: no request that the rule matches has such an amount, recipient and initiator";
    expect(texts({ rules: [rule] })).toEqual([unreached]);
    expect(texts({ rules: [{ ...rule, batch: { max: 2, total: "100 GLD" } }] })).toEqual([unreached]);
    expect(texts({ rules: [{ ...rule, batch: { max: 2, total: "101 GLD" } }] })).toEqual([]);
  });

  it("is told with its code, how bad it is, and a request that shows it", () => {
    expect(found({ guards: [{ id: "no", when: { operation: "mint" }, deny: true }] })).toMatchObject([
      {
        code: "policy.rule-dead",
        severity: "error",
        field: "rules.0",
        example: { request: { operation: "mint", amount: "100 GLD" } },
      },
    ]);
    expect(found({ ...three, ...limit("100 GLD") })).toMatchObject([
      {
        code: "policy.tier-unreachable",
        severity: "warning",
        field: "rules.0.tiers.1",
        example: { request: { amount: "300 GLD" } },
      },
    ]);
    expect(
      found({ limits: [{ id: "day", when: { operation: "burn" }, ...sum, max: "1 GLD", over: "deny" }] }),
    ).toMatchObject([{ code: "policy.limit-idle", severity: "warning", field: "limits.0" }]);
    const unless = { operation: "mint", amount: { gt: "100 GLD" } };
    expect(
      found({ guards: [{ id: "g", when: { operation: "mint" }, unless, add: { quorum: compliance } }] }),
    ).toMatchObject([{ code: "policy.guard-always", severity: "warning" }]);
    expect(texts({ guards: [{ id: "g", when: { operation: "burn" }, deny: true }] })).toEqual([
      "guards.0: guard `g` applies to no request that a rule matches",
    ]);
  });

  it("is a rule of which the first tier that some request reaches is denied", () => {
    const rules = [mintRule({ amount: { gt: "100 GLD" } }, [two, upTo("300 GLD", custodians(2))])];
    const guards = [{ id: "no", when: { operation: "mint" }, deny: true }];
    expect(texts({ rules, guards })).toEqual(["rules.0: `mint` never permits anything: guard.no denies it"]);
  });

  it("names the limit that denies, not another", () => {
    const limits = [
      { id: "week", ...sum, window: "rolling 168h", max: "500 GLD", over: "deny" },
      { id: "day", ...sum, max: "100 GLD", over: "deny" },
    ];
    expect(texts({ ...three, limits })).toEqual([
      "rules.0.tiers.1: no request of this tier is ever allowed: limit `day` takes at most 100 GLD",
    ]);
  });

  it("is a guard that one operation of several rules carries", () => {
    const stop = {
      id: "stop",
      when: { operation: { in: ["pause", "unpause"] }, initiator: { group: "officers" } },
      tiers: [upTo("max", custodians(1))],
    };
    const guards = [{ id: "g", when: { operation: "pause", maxFee: { gt: "9 ETH" } }, deny: true }];
    const rules = [mintRule(), { ...stop, when: { ...stop.when, maxFee: { lte: "1 ETH" } } }];
    expect(found({ rules, guards })).toMatchObject([{ code: "policy.guard-idle", severity: "warning" }]);
  });

  it("is an exception that is met only where the guard does not hold", () => {
    const guards = [
      {
        id: "g",
        when: { operation: "mint", amount: { gt: "50 GLD" } },
        unless: { operation: "mint", amount: { lte: "30 GLD" } },
        add: { quorum: compliance },
      },
    ];
    expect(found({ guards })).toMatchObject([{ code: "policy.guard-always", field: "guards.0.unless" }]);
  });

  it("is a tier above a limit, and the upper part of one that a limit cuts", () => {
    expect(texts({ ...three, ...limit("100 GLD") })).toEqual([
      "rules.0.tiers.1: no request of this tier is ever allowed: limit `day` takes at most 100 GLD",
    ]);
    expect(found({ ...three, ...limit("200 GLD") })).toMatchObject([
      {
        code: "policy.tier-cut",
        severity: "note",
        field: "rules.0.tiers.1",
        message: "amounts over 200 GLD of this tier never fit limit `day`",
      },
    ]);
  });

  it("is not what everybody's separation denies, which says so itself", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "officers"].map(n) } });
    expect(found({ separation: [["issuers", "officers"]] }, roster)).toEqual([]);
  });

  it("is not a rule that overlaps another, which says so itself", () => {
    const roster = rosterWith({ ida: { groups: ["issuers", "traders"].map(n) }, ivan: { groups: [] } });
    expect(
      found({ rules: [mintRule(), mintRule({ initiator: { group: "traders" } }, [two], "trade")] }, roster),
    ).toEqual([]);
  });

  it("is a guard that nothing meets, noted only where no rule carries its operation", () => {
    const severities = (when: object): string[] =>
      found({ guards: [{ id: "g", when, deny: true }] }).map(({ code, severity }) => `${code} ${severity}`);
    expect(severities({ operation: "mint", amount: { gt: "100 GLD" } })).toEqual(["policy.guard-idle warning"]);
    expect(severities({ operation: "burn" })).toEqual(["policy.guard-idle note"]);
    expect(severities({ operation: "mint", amount: { gt: "99 GLD" } })).toEqual([]);
  });

  it("is an exception that nobody meets", () => {
    const guards = (unless: object): object => ({
      guards: [{ id: "g", when: { operation: "mint" }, unless, add: { quorum: compliance } }],
    });
    expect(texts(guards({ operation: "mint", amount: { gt: "100 GLD" } }) as never)).toEqual([
      "guards.0.unless: guard `g` always applies: no request that a rule matches meets its `unless`",
    ]);
    expect(texts(guards({ operation: "mint", amount: { gt: "50 GLD" } }) as never)).toEqual([]);
  });

  it("is a limit that is asked of nothing", () => {
    expect(texts({ limits: [{ id: "day", when: { operation: "burn" }, ...sum, max: "1 GLD", over: "deny" }] })).toEqual(
      ["limits.0: limit `day` counts nothing: no request that a rule matches falls under it"],
    );
  });
});
