/** The analysis as a whole: what it says of a sound policy, of one without a roster, and when it cannot decide. */
import { describe, expect, it } from "vitest";
import { analyse } from "../../../../src/policy/analyse/analyse.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { findingCodes } from "../../../../src/policy/analyse/finding.ts";
import { checksum, parse as parseAddress } from "../../../../src/values/address.ts";
import { document, n, rosterIndex, rosterWith } from "../example.ts";
import { bank, compliance, custodians, lists, mintRule, officers, small, sum, two, upTo } from "../small.ts";

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

  it("is told in lines, and the last one counts them", () => {
    const policy = compile(
      small({
        rules: [mintRule({}, [upTo("100 GLD", custodians(4))])],
        change: { tighten: { quorum: compliance }, loosen: { quorum: officers(2) } },
        lists: lists("a", "b"),
      }),
    );
    const bankA = `Bank A (${checksum(parseAddress(bank("a")))})`;
    expect(analyse(policy, rosterIndex)).toMatchObject({
      kind: "errors",
      syntheticRoster: false,
      lines: [
        `error rules.0.tiers.0.quorum: the roster has not the people and credentials to agree when ida or ivan asks; for example: mint 100 GLD to ${bankA} by ida`,
        "warning change.tighten.quorum: without cora nobody can tighten the policy any more",
        "note lists.other: no rule, guard or limit speaks of list `other`",
        "1 error, 1 warning, 1 note",
      ],
    });
    expect(analyse(policy).lines).toEqual([
      "note lists.other: no rule, guard or limit speaks of list `other`",
      "no roster was given: overlaps are of anybody whom the policy does not exclude, and nothing is said of quorums and losses",
      "0 errors, 0 warnings, 1 note",
    ]);
  });

  it("says what the roster lacks as it stands", () => {
    const roster = rosterWith({ ida: { groups: ["issuers", "officers"].map(n) } });
    const policy = small({ groups: { observers: { min: 3 } }, separation: [["issuers", "officers"]] });
    expect(analyse(compile(policy), roster).lines).toEqual([
      "error groups.observers: `observers` has 2 on the roster, fewer than 3",
      "error separation.0: ida in both",
      "2 errors, 0 warnings, 0 notes",
    ]);
  });

  it("wants a wallet above the first tier, with a roster or without", () => {
    const policy = compile(small({ rules: [mintRule({}, [two, upTo("300 GLD", custodians(2))])] }));
    for (const roster of [rosterIndex, undefined])
      expect(analyse(policy, roster)).toMatchObject({
        kind: "errors",
        findings: [{ code: "policy.no-wallet", severity: "error", field: "rules.0.tiers.1.quorum" }],
      });
  });

  it("says why it cannot decide", () => {
    expect(analyse(compile(small()), undefined, { budget: 0 })).toEqual({
      kind: "undecided",
      findings: [],
      syntheticRoster: true,
      why: "there are more cases than this check looks at",
      lines: ["cannot decide: there are more cases than this check looks at"],
    });
  });

  it("knows a list that is used, wherever that is", () => {
    const unused = (fields: Readonly<Record<string, unknown>>): unknown[] =>
      analyse(compile(small({ lists: lists("a", "b"), ...fields })), rosterIndex)
        .findings.filter(({ code }) => code === "policy.list-unused")
        .map(({ severity, field }) => `${severity} ${field}`);
    const guard = (more: object): Readonly<Record<string, unknown>> => ({
      guards: [{ id: "g", add: { delay: "1h" }, ...more }],
    });
    const toOther = { operation: "mint", to: { in: "other" } };
    const typedData = {
      domain: { verifyingContract: bank("1"), chainId: 31_337 },
      primaryType: "Permit",
      fields: { spender: { in: "other" } },
    };
    expect(unused({})).toEqual(["note lists.other"]);
    expect(unused(guard({ when: toOther }))).toEqual([]);
    expect(unused(guard({ when: { operation: "mint", to: { notIn: "other" } } }))).toEqual([]);
    expect(unused(guard({ unless: toOther }))).toEqual([]);
    expect(unused(guard({ when: { operation: "mint", args: { to: { in: "other" } } } }))).toEqual([]);
    expect(unused(guard({ when: { operation: "mint", args: { to: { is: bank("b") } } } }))).toEqual([
      "note lists.other",
    ]);
    expect(unused({ limits: [{ id: "l", when: toOther, ...sum, max: "1 GLD", over: "deny" }] })).toEqual([]);
    expect(unused(guard({ when: { operation: "signTypedData", typedData } }))).toEqual([]);
  });
});
