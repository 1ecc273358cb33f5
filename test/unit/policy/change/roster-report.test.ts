/** What a new roster does, said so that whoever signs can read it: to its people, and to every policy in force. */
import { describe, expect, it } from "vitest";
import { rosterReport, type RosterReport } from "../../../../src/policy/change/roster-report.ts";
import type { Roster } from "../../../../src/roster/roster.ts";
import type { Json } from "../../../../src/values/json.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy } from "../../../place/gold.ts";
import { managedKey, memberOf, rosterOf } from "../../../place/people.ts";
import { refusalOf } from "../example.ts";
import { undecidable } from "../small.ts";

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

  it("shows everybody who changes, their credentials, and the keys, in whole lines", () => {
    const cora = { ...memberOf("cora"), unit: "vault", name: "Cora B", groups: ["compliance", "juniors"] };
    const proposed = {
      ...roster,
      version: 2,
      people: [...roster.people.filter(({ id }) => !["carla", "chris", "cora"].includes(id)), cora],
      services: roster.services.map((one) => (one.id === "obs-1" ? { ...one, groups: [] } : one)),
      keys: rosterOf([managedKey("hsm-two")]).keys,
    };
    const [carla, chris] = [memberOf("carla"), memberOf("chris")].map(({ credentials: [held] }) => held!);
    const { lines, obstacles } = report(toWire(proposed), []);
    expect(lines.slice(0, lines.indexOf("field by field:"))).toEqual([
      "in words:",
      "  - person carla (Carla) in custodians",
      `  - credential carla-1 of carla: wallet ${carla?.kind === "wallet" ? carla.address : ""}`,
      "  - person chris (Chris) in custodians",
      `  - credential chris-1 of chris: key ${chris?.kind === "key" ? chris.publicKey : ""}`,
      "  - person cora (Cora) in compliance",
      "  - service obs-1 (Obs-1) in observers",
      `  - managed key hsm-mint: ${managedKey("hsm-mint").account} on pkcs11`,
      "  + person cora (Cora B) of vault in compliance, juniors",
      "  + service obs-1 (Obs-1) in no group",
      `  + managed key hsm-two: ${managedKey("hsm-two").account} on pkcs11`,
      "  open approvals are void of: carla, carla-1, chris, chris-1, cora, obs-1",
    ]);
    expect(lines).toContain('  + keys.0.id: "hsm-two"');
    expect(obstacles).toEqual([]);
  });

  it("names those whose approvals are void in one order, wherever they stand", () => {
    const { lines } = report(people((all) => all.filter(({ id }) => !["ivan", "carla"].includes(id))));
    expect(lines).toContain("  open approvals are void of: carla, carla-1, ivan, ivan-1");
  });

  it("is of no document that is no roster", () => {
    expect(refusalOf(() => report({ kind: "Roster" })).code).toBe("roster.malformed");
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

  const always = [
    { operation: "pause", initiator: { group: "officers" }, withAtMostPeople: 1, afterLosing: 1 },
    { operation: "pause", initiator: { group: "officers" }, withAtMostPeople: 1, afterLosing: 2 },
  ];

  it("is told, and not held back, what can no longer happen; what was false before is nothing new", () => {
    const { obstacles, lines, effects } = report(
      people((all) => all.map((one) => (one.id === "olga" ? { ...one, groups: [] } : one))),
      [toWire(goldPolicy({ always, groups: { ...goldPolicy().groups, officers: { min: 2 } } }))],
    );
    expect(obstacles).toEqual([]);
    expect(effects[0]?.claims.map(({ field }) => field)).toEqual(["always.0"]);
    const from = lines.indexOf("new under the policy of GLD:");
    const told = lines.slice(from + 1, lines.indexOf("field by field:"));
    expect(told).toEqual([
      "  warning change.loosen.quorum: without omar, or without otto nobody can loosen the policy any more",
      "  warning rules.2.tiers.0.quorum: without omar nobody can agree to it when otto asks; for example: pause by otto",
      "  always.0 is false now: without omar, nobody is left who could agree",
    ]);
  });

  it("is told of nothing that is only worth a note", () => {
    const { effects } = report(people((all) => all.filter(({ id }) => id !== "ivan")));
    expect(effects[0]?.findings.map(({ severity }) => severity)).not.toContain("note");
    expect(effects[0]?.findings).toEqual([]);
  });

  it("is held back where nobody can decide what it does", () => {
    const why = "field `deadline` is compared with the clock and with a fixed value";
    const { obstacles, effects, lines } = report(into("ida", "juniors"), [toWire(goldPolicy(undecidable))]);
    expect(obstacles).toEqual([
      { code: "policy.undecided", field: "GLD", message: `the analysis cannot decide: ${why}` },
    ]);
    expect(effects).toMatchObject([{ asset: "GLD", findings: [], undecided: why }]);
    expect(lines.slice(0, 2)).toEqual(["it cannot be proposed:", `  GLD: the analysis cannot decide: ${why}`]);
    expect(lines.join("\n")).toContain(`new under the policy of GLD:\n  cannot decide: ${why}`);
  });
});
