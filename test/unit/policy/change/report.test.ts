/** The report that officers bind: what it says, what holds a proposal back, and that everybody makes the same one. */
import { describe, expect, it } from "vitest";
import { documentName } from "../../../../src/genesis/genesis.ts";
import {
  obstacleLine,
  policyReport,
  testLine,
  withFindings,
  type PolicyReport,
  type ReportBasis,
} from "../../../../src/policy/change/report.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { hash, type Json } from "../../../../src/values/json.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy, treasury } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";
import { inputWith } from "../example.ts";
import { small, undecidable } from "../small.ts";

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

/** What stands above the list of fields. */
const readable = ({ lines }: PolicyReport): readonly string[] => lines.slice(0, lines.indexOf("field by field:"));

describe("the lines of the report", () => {
  const examples = [
    {
      name: "two custodians agree",
      request: { operation: "mint", amount: "1 GLD", to: treasury, by: "ida" },
      votes: ["carla", "chris"],
      expect: { allow: "mint" },
    },
    {
      name: "one custodian agrees",
      request: { operation: "mint", amount: "1 GLD", to: treasury, by: "ida" },
      votes: ["carla"],
      expect: { allow: "mint" },
    },
  ];

  it("are these, of a change with an example that fails", () => {
    const found = report(next({ ...limit("9000 GLD"), tests: examples, never: [{ operation: "burn" }] }));
    const token = `token ${goldPolicy().token.address} on chain 31337, 18 decimals, with code ${goldPolicy().token.codehash}`;
    const failed = "the test `one custodian agrees` expects allowed by mint; it came pending: mint.quorum";
    const asked = "mint 1,000 GLD to Bank A omnibus (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa) by ida";
    expect(readable(found)).toEqual([
      "it cannot be proposed:",
      `  tests.1: ${failed}`,
      "in words:",
      `  - policy 1 of GLD: ${token}`,
      "  - limit mint-day: at most 5,000 GLD of mint in any day",
      `  + policy 2 of GLD: ${token}`,
      "  + limit mint-day: at most 9,000 GLD of mint in any day",
      "by meaning:",
      "  loosening: mint of up to 5,000 GLD to list treasury by ida or ivan with fees up to 0.05 ETH signed by hsm-mint",
      "    before: limit mint-day (sum) of 5,000 GLD per asset in 1d",
      "    then: limit mint-day (sum) of 9,000 GLD per asset in 1d",
      `    for example: ${asked}`,
      "past requests:",
      "  no past request of this asset is in the log",
      "findings:",
      `  warning rules.0.tiers.1.quorum: without cora nobody can agree to it when ida asks; for example: ${asked.replace("1,000", "5,000")}`,
      "  0 errors, 1 warning, 0 notes",
      "tests:",
      "  failed: one custodian agrees: expected allowed by mint, came pending: mint.quorum",
      "  1 of 2 pass",
      "claims:",
      "  never.0 proved: never a burn",
    ]);
    expect(found.obstacles).toEqual([{ code: "policy.test-failed", field: "tests.1", message: failed }]);
  });

  it("have nothing before and no meaning of its own for a first policy", () => {
    const lines = readable(report(toWire(small()), { current: undefined }));
    expect(lines[0]).toBe("in words:");
    expect(lines.slice(1, -6).every((line) => line.startsWith("  + "))).toBe(true);
    expect(lines.slice(-6)).toEqual([
      "past requests:",
      "  no past request of this asset is in the log",
      "findings:",
      "  0 errors, 0 warnings, 0 notes",
      "tests:",
      "  0 of 0 pass",
    ]);
  });

  it("try past requests by the document that is proposed", () => {
    const { policy, policyHash, rosterHash, roster: people, bounds, intent, initiator, facts } = inputWith();
    if (intent.operation === "signTypedData") throw new Error("no intent");
    const past = {
      ...{ requestId: hash("request"), at: facts.now, intent: { ...intent, operation: intent.operation }, initiator },
      ...{ policy, policyHash, roster: people, rosterHash, bounds, facts, heard: facts },
      usage: () => ({ added: 0n, removed: 0n, count: 0, roomAt: null }),
    };
    const found = report(next(limit("10 GLD")), { past: [past] });
    expect(compile(goldPolicy()).token.codehash).not.toBe(policy.token.codehash);
    expect(found.replay).toMatchObject({ tried: 1, flips: [{ from: "allowed", to: "refused" }] });
    expect(found.lines).toContain("  1 of 1 past request would have come out otherwise");
  });

  it("name the place of what holds back where it has one, and how an example came", () => {
    const what = { code: "policy.test-failed", message: "it fails" };
    expect(obstacleLine({ ...what, field: "tests.1" })).toBe("tests.1: it fails");
    expect(obstacleLine({ ...what, field: "" })).toBe("it fails");
    const one = { name: "one", expected: "allowed by mint", came: "pending: mint.quorum" };
    expect(testLine({ ...one, passed: false })).toBe(
      "failed: one: expected allowed by mint, came pending: mint.quorum",
    );
    expect(testLine({ ...one, passed: true })).toBe("ok: one: pending: mint.quorum");
  });
});

describe("an analysis with the errors of another look", () => {
  const error = { code: "policy.group-empty", severity: "error", field: "never.0", message: "nobody" } as const;
  const note = { code: "policy.list-unused", severity: "note", field: "lists.a", message: "unused" } as const;
  const clean = { kind: "clean", findings: [note], syntheticRoster: false, lines: ["note lists.a: unused"] } as const;

  it("begins with them, and is wrong", () => {
    expect(withFindings(clean, [error])).toEqual({
      kind: "errors",
      findings: [error, note],
      syntheticRoster: false,
      lines: ["error never.0: nobody", "note lists.a: unused"],
    });
    expect(withFindings(clean, [])).toEqual(clean);
  });

  it("stays undecided", () => {
    expect(withFindings({ ...clean, kind: "undecided", why: "too many" }, [error])).toMatchObject({
      kind: "undecided",
      why: "too many",
    });
  });
});

describe("a policy is held back", () => {
  it("by an analysis that cannot decide", () => {
    const { obstacles, lines } = report(sound(undecidable), { current: undefined });
    const why = "field `deadline` is compared with the clock and with a fixed value";
    expect(obstacles).toEqual([{ code: "policy.undecided", field: "", message: `the analysis cannot decide: ${why}` }]);
    expect(lines.slice(0, 2)).toEqual(["it cannot be proposed:", `  the analysis cannot decide: ${why}`]);
    expect(lines).toContain(`  cannot decide: ${why}`);
  });

  it("by a claim that is false, which it says in whole", () => {
    expect(report(next({ never: [{ operation: "mint" }] })).obstacles).toEqual([
      {
        code: "policy.claim-false",
        field: "never.0",
        message: expect.stringMatching(/^the claim is false: never a mint: /) as string,
      },
    ]);
  });

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

  it("tells which claims no longer hold, and lets none of them hold it back", () => {
    const always = [{ operation: "redeem", initiator: { group: "issuers" }, withAtMostPeople: 1 }];
    const before = sound({ always });
    const rules = goldPolicy().rules.map((rule) =>
      rule.id === "redeem"
        ? { ...rule, tiers: [{ ...rule.tiers[0]!, quorum: { group: "custodians", min: 2 } }] }
        : rule,
    );
    const after = sound({ version: 2, previous: documentName(hash(before)), always, rules });
    const { class: kind, obstacles, proof } = report(after, { current: before });
    expect({ kind, obstacles, proof: proof.kind }).toEqual({ kind: "tighten", obstacles: [], proof: "false" });
  });

  it("is held back by what is wrong in it alone, also beside what was wrong before", () => {
    const before = toWire(goldPolicy());
    const guards = [
      ...goldPolicy().guards!,
      { id: "strangers", when: { initiator: { group: "strangers" } }, deny: true },
    ];
    const after = toWire(goldPolicy({ guards, version: 2, previous: documentName(hash(before)) }));
    const { class: kind, obstacles } = report(after, { current: before });
    expect(kind).toBe("tighten");
    expect(obstacles.map(({ code, field }) => [code, field])).toEqual([
      ["policy.group-empty", "guards.2.when.initiator.group"],
    ]);
  });
});
