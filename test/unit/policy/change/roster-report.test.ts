/** What a new roster does, said so that whoever signs can read it: to its people, and to every policy in force. */
import { describe, expect, it } from "vitest";
import { rosterReport, type RosterReport } from "../../../../src/policy/change/roster-report.ts";
import type { Roster } from "../../../../src/roster/roster.ts";
import type { Json } from "../../../../src/values/json.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";

const roster = rosterOf([managedKey("hsm-mint")]);
const inForce = toWire(roster);
const policy = toWire(goldPolicy());
const people = (change: (people: Roster["people"]) => unknown): Json =>
  toWire({ ...roster, version: 2, people: change(roster.people) });
const into = (id: string, group: string): Json =>
  people((all) => all.map((one) => (one.id === id ? { ...one, groups: [...one.groups, group] } : one)));
const report = (document: Json, policies: readonly Json[] = [policy]): RosterReport =>
  rosterReport(document, { current: inForce, policies, change: goldPolicy().change, logSize: 3 });

describe("the report of a roster change", () => {
  it("names who goes, whose key changes, and whose approvals are void", () => {
    const [first, second] = roster.people;
    const { class: kind, lines } = report(people(([, , ...rest]) => [{ ...second!, groups: [] }, ...rest]));
    expect(kind).toBe("tighten");
    expect(lines.some((line) => line.startsWith(`  - person ${first!.id} `))).toBe(true);
    expect(lines).toContain(`  + person ${second!.id} (${second!.name}) in no group`);
    expect(lines.find((line) => line.includes("open approvals"))).toContain(first!.id);
  });

  it("says that it loosens when it does more than remove", () => {
    expect(report(people((all) => all.map((one) => ({ ...one, groups: [...one.groups, "juniors"] })))).class).toBe(
      "loosen",
    );
  });

  it("says that nothing changes when nothing does", () => {
    expect(report(inForce)).toMatchObject({ lines: ["nothing changes"], obstacles: [], class: "tighten" });
  });

  it("has a hash that only the same things have", () => {
    const one = report(into("ida", "juniors")).hash;
    expect(report(into("ida", "juniors")).hash).toBe(one);
    expect(report(into("ivan", "juniors")).hash).not.toBe(one);
    expect(report(into("ida", "juniors"), []).hash).not.toBe(one);
  });
});

describe("a roster before the policies in force", () => {
  const twice = {
    rules: [
      ...goldPolicy().rules,
      {
        id: "by-auditors",
        when: { operation: "redeem", initiator: { group: "auditors" } },
        tiers: [{ upTo: "10 GLD", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
      },
    ],
  };

  it("is held back when somebody in two groups would make two rules overlap", () => {
    const both = toWire(goldPolicy(twice));
    expect(report(into("ida", "juniors"), [both]).obstacles).toEqual([]);
    const { obstacles, lines } = report(into("ida", "auditors"), [both]);
    expect(obstacles.map(({ code }) => code)).toEqual(["policy.overlap"]);
    expect(obstacles[0]?.field).toMatch(/^GLD rules\./);
    expect(obstacles[0]?.message).toMatch(/for example: redeem .* by ida/);
    expect(lines[0]).toBe("it cannot be proposed:");
  });

  it("is held back when separation would break", () => {
    expect(report(into("ida", "custodians")).obstacles).toMatchObject([{ code: "policy.separation" }]);
  });

  it("is held back when a claim that was proved would be false", () => {
    const claimed = toWire(
      goldPolicy({
        never: [
          { operation: "redeem", withFewerPeopleThan: 1 },
          { operation: "redeem", initiator: { group: "auditors" } },
        ],
      }),
    );
    expect(report(into("ivan", "juniors"), [claimed]).obstacles).toEqual([]);
    expect(report(into("ida", "auditors"), [claimed]).obstacles).toMatchObject([
      { code: "policy.claim-false", field: "GLD never.1" },
    ]);
  });

  it("is told, and not held back, that too few are left: a leaver must be able to go", () => {
    const { obstacles, effects, lines } = report(people((all) => all.filter(({ id }) => id !== "chris")));
    expect(obstacles).toEqual([]);
    expect(effects[0]?.findings.map(({ code }) => code)).toContain("policy.group-floor");
    expect(lines).toContain("new under the policy of GLD:");
  });
});
