/** The analysis as a whole: what it says of a sound policy, of one without a roster, and when it cannot decide. */
import { describe, expect, it } from "vitest";
import { analyse } from "../../../../src/policy/analyse/analyse.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { findingCodes } from "../../../../src/policy/analyse/finding.ts";
import { document, rosterIndex } from "../example.ts";
import { custodians, mintRule, officers, small, two, upTo } from "../small.ts";

const traders = mintRule({ initiator: { group: "traders" } }, [two], "trade");
const codes = (policy: ReturnType<typeof small>, roster = rosterIndex): string[] =>
  analyse(compile(policy), roster).findings.map(({ code }) => code);

describe("the analysis of a policy", () => {
  it("finds no error in the demo's policy", () => {
    const { kind, findings } = analyse(compile(document), rosterIndex);
    expect(kind).toBe("clean");
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("names whoever must not be lost, and a request that then waits for ever", () => {
    const [finding] = analyse(compile(document), rosterIndex).findings;
    expect(finding).toMatchObject({ code: "policy.liveness", field: "rules.0.tiers.1.quorum", severity: "warning" });
    expect(finding!.message).toContain("without cora");
    expect(finding!.example?.request).toMatchObject({ operation: "mint", amount: "5000 GLD", by: "ida" });
  });

  it("makes up a roster in which everybody is in every group that is not kept apart, and says so", () => {
    const policy = small({ rules: [mintRule(), traders] });
    const found = analyse(compile(policy));
    expect(found).toMatchObject({ kind: "errors", syntheticRoster: true });
    expect(found.findings.map(({ code }) => code)).toEqual(["policy.overlap"]);
    expect(found.lines.join("\n")).toContain("no roster was given");
    const apart = small({ rules: [mintRule(), traders], separation: [["issuers", "traders"]] });
    expect(analyse(compile(apart))).toMatchObject({ kind: "clean", findings: [] });
  });

  it("says nothing of quorums and losses without a roster", () => {
    expect(analyse(compile(small({ rules: [mintRule({}, [upTo("100 GLD", custodians(9))])] }))).findings).toEqual([]);
  });

  it("is no error and no clean bill when there are more cases than it looks at", () => {
    const found = analyse(compile(small()), rosterIndex, { budget: 0 });
    expect(found).toMatchObject({ kind: "undecided", findings: [] });
    expect(found.lines).toEqual(["cannot decide: there are more cases than this check looks at"]);
  });

  it("puts the worst first", () => {
    const policy = small({
      rules: [mintRule({}, [upTo("100 GLD", custodians(9))])],
      change: { tighten: { quorum: officers(1) }, loosen: { quorum: officers(3) } },
    });
    const severities = analyse(compile(policy), rosterIndex).findings.map(({ severity }) => severity);
    expect(severities).toEqual(["error", "warning"]);
  });

  it("gives every finding a code of the closed list, and can be written as JSON", () => {
    const found = analyse(compile(small({ rules: [mintRule({}, [upTo("100 GLD", custodians(9))])] })), rosterIndex);
    expect(found.findings.every(({ code }) => findingCodes.includes(code))).toBe(true);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it("does not call a hole what a guard or a limit denies", () => {
    const rules = [mintRule({ amount: { lte: "50 GLD" } }), mintRule({ amount: { gt: "50 GLD" } }, [two], "more")];
    const guards = [{ id: "odd", when: { operation: "mint", amount: { gt: "40 GLD", lte: "60 GLD" } }, deny: true }];
    expect(codes(small({ rules, guards }))).not.toContain("policy.gap");
  });

  it("finds no hole where another rule covers it for the same people", () => {
    const rules = [
      mintRule({ amount: { lte: "50 GLD" } }),
      mintRule({ amount: { gt: "60 GLD" } }, [two], "more"),
      mintRule({ amount: { gt: "50 GLD", lte: "60 GLD" } }, [two], "between"),
    ];
    expect(codes(small({ rules }))).not.toContain("policy.gap");
  });
});
