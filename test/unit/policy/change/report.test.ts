/** The report that officers bind: what it says, what holds a proposal back, and that everybody makes the same one. */
import { describe, expect, it } from "vitest";
import { documentName } from "../../../../src/genesis/genesis.ts";
import { policyReport, type PolicyReport, type ReportBasis } from "../../../../src/policy/change/report.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { hash, type Json } from "../../../../src/values/json.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy, treasury } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";

const groups = { ...goldPolicy().groups, compliance: { min: 1, credentials: ["wallet"] } };
const sound = (overrides: Readonly<Record<string, unknown>> = {}): Json => toWire(goldPolicy({ groups, ...overrides }));
const inForce = sound();
const next = (overrides: Readonly<Record<string, unknown>> = {}): Json =>
  sound({ version: 2, previous: documentName(hash(inForce)), ...overrides });
const roster = rosterOf([managedKey("hsm-mint")]);
const basis: ReportBasis = {
  current: inForce,
  roster: indexRoster(roster),
  rosterHash: hash(toWire(roster)),
  logSize: 7,
  past: [],
};
const limit = (max: string) => ({ limits: [{ ...goldPolicy().limits![0]!, max }] });
const report = (document: Json, on: Partial<ReportBasis> = {}): PolicyReport =>
  policyReport(document, { ...basis, ...on });

const test = (expected: object) => ({
  tests: [
    {
      name: "two custodians agree",
      request: { operation: "mint", amount: "1 GLD", to: treasury, by: "ida" },
      votes: ["carla", "chris"],
      expect: expected,
    },
  ],
});

describe("the report of a policy change", () => {
  it("says what goes, what comes, what it means and that it loosens", () => {
    const { class: kind, lines, diff, obstacles } = report(next(limit("9000 GLD")));
    expect(kind).toBe("loosen");
    expect(obstacles).toEqual([]);
    expect(diff?.kind).toBe("loosening");
    expect(lines).toEqual(
      expect.arrayContaining([
        "in words:",
        "  - limit mint-day: at most 5,000 GLD of mint in any day",
        "  + limit mint-day: at most 9,000 GLD of mint in any day",
        '  - limits.0.max: "5000 GLD"',
        '  + limits.0.max: "9000 GLD"',
        "  no past request of this asset is in the log",
        "  0 of 0 pass",
      ]),
    );
    expect(lines.join("\n")).toMatch(/by meaning:\n {2}.*loosening/);
  });

  it("leaves out no field", () => {
    const token = { ...goldPolicy().token, codehash: `0x${"cd".repeat(32)}` };
    expect(report(next({ token })).lines).toContain(`  + token.codehash: "0x${"cd".repeat(32)}"`);
  });

  it("says that a lower limit tightens", () => {
    const { class: kind, diff } = report(next(limit("10 GLD")));
    expect([kind, diff?.kind]).toEqual(["tighten", "tightening"]);
  });

  it("is all new for an asset without a policy", () => {
    const { class: kind, lines, diff } = report(inForce, { current: undefined });
    expect([kind, diff]).toEqual(["loosen", undefined]);
    expect(lines.filter((line) => /^ *- /.test(line))).toEqual([]);
    expect(lines).toContain("  + version: 1");
  });

  it("has a hash that the same things always have, and others do not", () => {
    const one = report(next(limit("10 GLD"))).hash;
    expect(report(next(limit("10 GLD"))).hash).toBe(one);
    const turned = Object.fromEntries(Object.entries(next(limit("10 GLD")) as object).reverse()) as Json;
    expect(report(turned).hash).toBe(one);
    const others = [
      report(next(limit("11 GLD"))).hash,
      report(next(limit("10 GLD")), { logSize: 8 }).hash,
      report(next(limit("10 GLD")), { rosterHash: hash("another") }).hash,
    ];
    expect(new Set([one, ...others]).size).toBe(4);
  });
});

describe("a policy is held back", () => {
  it.each([
    ["by a test that fails", test({ pending: "mint.quorum" }), "policy.test-failed", "tests.0"],
    ["by a claim that is false", { never: [{ operation: "mint" }] }, "policy.claim-false", "never.0"],
    ["by an error of the analysis", { groups: goldPolicy().groups }, "policy.no-wallet", "rules.0.tiers.1.quorum"],
    [
      "by a claim about nobody",
      { never: [{ operation: "mint", initiator: { group: "strangers" } }] },
      "policy.group-empty",
      "never.0.initiator.group",
    ],
  ])("%s", (_, overrides, code, field) => {
    const { obstacles, lines } = report(next(overrides));
    expect(obstacles).toMatchObject([{ code, field }]);
    expect(lines[0]).toBe("it cannot be proposed:");
    expect(lines[1]).toContain(field);
  });

  it("by none of these when they hold", () => {
    expect(report(next({ ...test({ allow: "mint" }), never: [{ operation: "burn" }] })).obstacles).toEqual([]);
  });

  it("not when it only tightens and the policy in force is wrong in the same way", () => {
    const walletless = toWire(goldPolicy());
    const tighter = toWire(goldPolicy({ ...limit("10 GLD"), version: 2, previous: documentName(hash(walletless)) }));
    expect(report(tighter, { current: walletless })).toMatchObject({ class: "tighten", obstacles: [] });
    const looser = toWire(goldPolicy({ ...limit("9000 GLD"), version: 2, previous: documentName(hash(walletless)) }));
    expect(report(looser, { current: walletless })).toMatchObject({
      class: "loosen",
      obstacles: [{ code: "policy.no-wallet" }],
    });
  });
});

describe("the report of a tightening", () => {
  it("tells which examples come out otherwise, and lets none of them hold it back", () => {
    const examples = test({ allow: "mint" });
    const before = sound(examples);
    const lower = { ...examples, limits: [{ ...goldPolicy().limits![0]!, max: "0.5 GLD" }] };
    const after = sound({ version: 2, previous: documentName(hash(before)), ...lower });
    const { class: kind, obstacles, lines } = report(after, { current: before });
    expect({ kind, obstacles }).toEqual({ kind: "tighten", obstacles: [] });
    expect(lines.join("\n")).toMatch(/failed: two custodians agree: expected allowed by mint/);
  });
});
