/** Floors of different people and units: each over those who could sit where it is asked for. */
import { describe, expect, it } from "vitest";
import { judgeDistinct } from "../../../src/policy/decide/approval.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { demandOf, type Added } from "../../../src/policy/decide/demand.ts";
import { additionSchema } from "../../../src/policy/document/requirement.ts";
import { voteOf } from "../../../src/policy/trial/world.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import * as name from "../../../src/values/name.ts";
import { goldPolicy } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";
import { inputWith } from "./example.ts";

const everybody = rosterOf([managedKey("hsm-mint")]);
const units: Readonly<Record<string, string>> = { carla: "vault", chris: "vault", cyril: "desk", otto: "board" };
const roster = indexRoster({
  ...everybody,
  people: everybody.people.map((person) => {
    const unit = units[person.id];
    return unit === undefined ? person : { ...person, unit: name.parse(unit) };
  }),
});
const tier = {
  upTo: "max",
  quorum: { group: "custodians", min: 2 },
  distinct: { people: 3, units: 2 },
  sign: "hsm-mint",
};
const policy = compile(
  goldPolicy({ rules: [{ id: "mint", when: { operation: "mint", initiator: { group: "issuers" } }, tiers: [tier] }] }),
);
const rule = policy.rules[0]!;

function added(id: string, written: unknown): Added {
  const { quorum, veto, distinct } = additionSchema.parse(written);
  const floors = { people: distinct?.people ?? 0, units: distinct?.units ?? 0 };
  return { id, addition: { quorum, veto, delaySeconds: 0, distinct: floors } };
}

/** What the clauses say when these people voted. */
function said(voters: readonly string[], ...additions: readonly Added[]): readonly string[] {
  const votes = voters.map((id, index) =>
    voteOf(name.parse(id), roster.member(name.parse(id))!.credentials[0]!, index + 1),
  );
  const input = inputWith();
  const one = { ...input, policy, roster, facts: { ...input.facts, votes } };
  const clauses = judgeDistinct(one, rule, demandOf(rule.id, rule.tiers[0]!, additions));
  return clauses.map(({ id, ok, observed, bound }) => `${id} ${ok ? "holds" : "fails"}: ${observed}, ${bound}`);
}

describe("a tier's floor", () => {
  it("counts who could sit in its quorum", () => {
    expect(said(["carla", "chris", "cyril"])).toEqual([
      "mint.people holds: 3 people: carla, chris, cyril, at least 3 different people",
      "mint.units holds: 2 units: desk, vault, at least 2 different units",
    ]);
    expect(said(["carla", "chris", "otto"])[1]).toMatch(/^mint\.units fails: 1 units: vault/);
  });

  it("is not reached by people whom only a guard asks for", () => {
    const officer = added("guard.officer", { quorum: { group: "officers", min: 1 } });
    expect(said(["carla", "chris", "otto"], officer)[0]).toBe(
      "mint.people fails: 2 people: carla, chris, at least 3 different people",
    );
  });
});

describe("a guard's floor", () => {
  it("counts the tier's people and its own, and the floor that lacks most is shown", () => {
    const four = added("guard.four", { quorum: { group: "officers", min: 1 }, distinct: { people: 5 } });
    const voters = ["carla", "chris", "cyril", "otto"];
    expect(said(voters, four)[0]).toBe(
      "mint.people fails: 4 people: carla, chris, cyril, otto, at least 5 different people",
    );
    expect(said([...voters, "olga"], four)[0]).toMatch(/^mint\.people holds: 3 people/);
  });

  it("counts nobody whom another guard asks for", () => {
    const four = added("guard.four", { distinct: { people: 4 } });
    const officer = added("guard.officer", { quorum: { group: "officers", min: 1 } });
    expect(said(["carla", "chris", "cyril", "otto"], four, officer)[0]).toMatch(/^mint\.people fails: 3 people/);
  });
});
