/** Examples that stand in a policy, run in the world that each describes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { PolicyDocument } from "../../../../src/policy/document/document.ts";
import { readPolicyYaml } from "../../../../src/policy/document/yaml-document.ts";
import { runTests, type TestResult } from "../../../../src/policy/trial/run-tests.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { hash } from "../../../../src/values/json.ts";
import { everyConstruct } from "../../../place/construct.ts";
import { goldPolicy, treasury } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";

const roster = rosterOf([managedKey("hsm-mint")]);

function resultsOf(document: PolicyDocument): readonly TestResult[] {
  return runTests({ document, policy: compile(document), roster: indexRoster(roster), rosterHash: hash(roster) });
}

const mint = { operation: "mint", by: "ida", amount: "100 GLD", to: treasury };
/** What comes of one test of the gold token's policy, or of another. */
function came(test: Readonly<Record<string, unknown>>, policy: Readonly<Record<string, unknown>> = {}): string {
  const written = { name: "one", request: mint, expect: { allow: "mint" }, ...test };
  const [result] = resultsOf(goldPolicy({ ...policy, tests: [written] }));
  return `${result!.passed ? "passed" : "failed"}: ${result!.came}`;
}
const full = { votes: ["carla", "chris"] };

describe("the tests of the demo's policy", () => {
  const results = resultsOf(readPolicyYaml(readFileSync("policies/GLD.yaml", "utf8")));

  it("all pass", () => {
    expect(results.length).toBeGreaterThan(5);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });
});

describe("a test", () => {
  it("is allowed where nothing is said of the world, by the rule that it names", () => {
    expect(came(full)).toBe("passed: allowed by mint");
    expect(came({ ...full, expect: { allow: "redeem" } })).toBe("failed: allowed by mint");
  });

  it("is pending for the clause that it names", () => {
    expect(came({ votes: ["carla"], expect: { pending: "mint.quorum" } })).toBe("passed: pending: mint.quorum");
    expect(came({ votes: ["carla"], expect: { pending: "mint.delay" } })).toBe("failed: pending: mint.quorum");
    expect(came({ votes: ["carla"] })).toBe("failed: pending: mint.quorum");
  });

  it("is refused by the clause that it names, or by that of the nearest rule", () => {
    const to = `0x${"de".repeat(20)}`;
    expect(came({ ...full, request: { ...mint, to }, expect: { deny: "mint.to" } })).toMatch(
      /^passed: refused: rule \(nearest: mint\.to/,
    );
    const dear = { ...mint, maxFee: "0.06 ETH" };
    expect(came({ ...full, request: dear, expect: { deny: "guard.fee" } })).toBe("passed: refused: guard.fee");
    expect(came({ ...full, request: dear, expect: { deny: "mint.to" } })).toBe("failed: refused: guard.fee");
    // A lack that time and people cure is no refusal.
    expect(came({ expect: { deny: "mint.quorum" } })).toBe("failed: pending: mint.quorum");
  });

  it("is not pending that is refused, nor refused by what another rule lacks, nor by another clause of the nearest", () => {
    const dear = { ...mint, maxFee: "0.06 ETH" };
    expect(came({ request: dear, expect: { pending: "mint.quorum" } })).toBe("failed: refused: guard.fee");
    const to = `0x${"de".repeat(20)}`;
    expect(came({ ...full, request: { ...mint, to }, expect: { deny: "mint.amount" } })).toBe(
      "failed: refused: rule (nearest: mint.to, redeem.operation, pause.operation)",
    );
  });

  it("names everything that fails, of a refusal only what nothing cures", () => {
    const code = { missing: ["codehash", "paused"] };
    expect(came({ given: code })).toBe("failed: pending: mint.quorum, token.codehash, token.paused, token.freshness");
    const dear = { ...mint, maxFee: "0.06 ETH" };
    expect(came({ request: dear, given: code })).toBe("failed: refused: guard.fee");
  });

  it("waits no time at all unless it says so", () => {
    const big = { request: { ...mint, amount: "2000 GLD" }, votes: ["carla", "chris", "cora"] };
    expect(came({ ...big, expect: { pending: "mint.delay" } })).toBe("passed: pending: mint.delay");
    expect(came({ ...big, waited: "30m" })).toBe("passed: allowed by mint");
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["a limit that is used up", { used: { "mint-day": "4901 GLD" } }, "pending: limit.mint-day"],
    ["a limit that has room", { used: { "mint-day": "4900 GLD" } }, "allowed by mint"],
    ["reserves that are short", { reserves: "99 GLD" }, "pending: guard.reserves-cover"],
    ["a supply that they do not cover", { reserves: "1000 GLD", supply: "901 GLD" }, "pending: guard.reserves-cover"],
    ["an attestation that is old", { age: "25h" }, "pending: guard.reserves-cover.evidence, guard.reserves-cover"],
    ["a token that is paused", { paused: true }, "pending: token.paused"],
    ["code that nobody saw", { missing: ["codehash"] }, "pending: token.codehash"],
  ])("takes %s", (_, given, outcome) => {
    expect(came({ ...full, given })).toMatch(new RegExp(`: ${outcome.replaceAll(".", "\\.")}`));
  });

  it("counts votes in their order, and with the credential that is named", () => {
    const ordered = {
      ordered: [
        { group: "compliance", min: 1 },
        { group: "custodians", min: 2 },
      ],
    };
    const rules = [
      {
        id: "mint",
        when: { operation: "mint", initiator: { group: "issuers" } },
        tiers: [{ upTo: "max", quorum: ordered, sign: "hsm-mint" }],
      },
    ];
    expect(came({ votes: ["cora", "carla", "chris"] }, { rules })).toBe("passed: allowed by mint");
    expect(came({ votes: ["carla", "cora", "chris"] }, { rules })).toBe("failed: pending: mint.quorum");
    expect(came({ votes: [{ by: "carla", with: "carla-1" }, "chris"] })).toBe("passed: allowed by mint");
    expect(came({ votes: [{ by: "carla", with: "chris-1" }] })).toBe(
      "failed: it cannot be run: votes: `carla` has no credential `chris-1`",
    );
  });

  it("is vetoed", () => {
    const tier = {
      upTo: "max",
      quorum: { group: "custodians", min: 2 },
      delay: "1h",
      veto: { group: "officers", min: 1 },
      sign: "hsm-mint",
    };
    const rules = [{ id: "mint", when: { operation: "mint", initiator: { group: "issuers" } }, tiers: [tier] }];
    const waited = { ...full, waited: "1h" };
    expect(came(waited, { rules })).toBe("passed: allowed by mint");
    expect(came({ ...waited, vetoes: ["olga"], expect: { deny: "mint.veto" } }, { rules })).toBe(
      "passed: refused: mint.veto",
    );
    expect(came({ ...waited, vetoes: ["cora"] }, { rules })).toBe("passed: allowed by mint");
  });

  it("happens when it says, and at a plain time when it does not", () => {
    const every = everyConstruct();
    const guards = [
      {
        id: "hours",
        unless: {
          time: { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00", holidays: "target2" },
        },
        deny: true,
      },
    ];
    const place = { timezone: every["timezone"], calendar: every["calendar"], holidays: every["holidays"], guards };
    expect(came(full, place)).toBe("passed: allowed by mint");
    for (const at of ["2026-10-05T07:59:59+02:00", "2026-10-04T12:00:00+02:00", "2026-12-25T12:00:00+01:00"])
      expect(came({ ...full, at, expect: { pending: "guard.hours" } }, place)).toMatch(/guard\.hours/);
    expect(came({ ...full, at: "2026-12-24T12:00:00-01:00" }, place)).toBe("passed: allowed by mint");
    expect(came({ ...full, given: { missing: ["calendar"] } }, place)).toMatch(/^failed: .*guard\.hours/);
  });

  it("signs with the key that it names, or with the one of the tier", () => {
    expect(came({ ...full, request: { ...mint, account: "hsm-mint" } })).toBe("passed: allowed by mint");
    expect(came({ ...full, request: { ...mint, account: "hsm-two" } })).toBe(
      "failed: it cannot be run: account: the roster has no key `hsm-two`",
    );
  });

  it("is of typed data, too", () => {
    const every = everyConstruct();
    const typedData = {
      domain: { name: "Gold", chainId: 31_337, verifyingContract: `0x${"11".repeat(20)}` },
      types: {
        Permit: [
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message: { spender: `0x${"c1".repeat(20)}`, value: "1", deadline: "0" },
    };
    const request = { operation: "signTypedData", by: "ida", typedData };
    const test = { ...full, request, expect: { allow: "permit" } };
    const policy = {
      rules: every["rules"],
      lists: every["lists"],
      guards: [],
      limits: [],
      timezone: every["timezone"],
      calendar: every["calendar"],
      holidays: every["holidays"],
    };
    expect(came(test, policy)).toBe("passed: allowed by permit");
    const other = { ...typedData, message: { ...typedData.message, spender: `0x${"c3".repeat(20)}` } };
    expect(came({ ...test, request: { ...request, typedData: other } }, policy)).toMatch(/^failed: refused/);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["a voter whom nobody knows", { votes: ["zoe"] }, "votes: `zoe` is nobody in the roster"],
    ["an objector whom nobody knows", { vetoes: ["zoe"] }, "votes: `zoe` is nobody in the roster"],
    ["a mint of nothing", { request: { operation: "mint", by: "ida" } }, "amount: say the amount of the mint"],
    ["an amount of something else", { request: { ...mint, amount: "1 SLV" } }, "request"],
    ["a limit that there is not", { given: { used: { day2: "1 GLD" } } }, "given.used: there is no limit `day2`"],
    [
      "a limit in the wrong unit",
      { given: { used: { "mint-day": 3 } } },
      "given.used: `mint-day` does not count in `3`",
    ],
  ])("fails that has %s", (_, test, why) => {
    expect(came(test)).toContain(`failed: it cannot be run: ${why}`);
  });

  it("of a stranger is refused like everybody's", () => {
    expect(came({ request: { ...mint, by: "zoe" }, expect: { deny: "mint.initiator" } })).toMatch(/^passed: refused/);
  });
});

it("tells what was expected beside what came", () => {
  const tests = [
    { name: "a", request: mint, expect: { allow: "mint" } },
    { name: "b", request: mint, expect: { pending: "mint.quorum" } },
    { name: "c", request: mint, expect: { deny: "mint.to" } },
  ];
  expect(
    resultsOf(goldPolicy({ tests })).map(({ name, expected, passed }) => `${name} ${expected} ${String(passed)}`),
  ).toEqual(["a allowed by mint false", "b pending: mint.quorum true", "c refused: mint.to false"]);
});
