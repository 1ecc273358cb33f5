/** Whether people can agree, and still can without any one of them. */
import { describe, expect, it } from "vitest";
import type { PolicyFinding } from "../../../../src/policy/analyse/finding.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { changeFindings, livenessOf, strengthOf } from "../../../../src/policy/analyse/liveness.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { visits } from "../../../../src/policy/analyse/survey.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { n, roster, rosterIndex, rosterWith } from "../example.ts";
import { all, compliance, custodians, mintRule, officers, small, upTo } from "../small.ts";
import { terrainWith } from "../terrain.ts";

function found(fields: Readonly<Record<string, unknown>>, roster = rosterIndex): readonly PolicyFinding[] {
  const terrain = terrainWith(fields, roster);
  const liveness = livenessOf(terrain);
  for (const rule of terrain.ground.policy.rules)
    for (const visit of visits(rule, terrain, { left: 10_000 })) liveness.see(visit);
  return liveness.findings();
}
const tier = (quorum: object, when: object = {}): Readonly<Record<string, unknown>> => ({
  rules: [mintRule(when, [upTo("100 GLD", quorum)])],
});

describe("people who can agree", () => {
  it("say nothing while anybody can be lost", () => {
    expect(found({})).toEqual([]);
  });

  it("are too few, for everybody who asks or only for some", () => {
    expect(found(tier(custodians(4)))).toMatchObject([
      {
        code: "policy.quorum-unfillable",
        severity: "error",
        field: "rules.0.tiers.0.quorum",
        message: "the roster has not the people and credentials to agree when ida or ivan asks",
        example: { request: { by: "ida" } },
      },
    ]);
    const roster = rosterWith({ ivan: { groups: ["issuers", "custodians"].map(n) } });
    const [unfillable] = found(tier(custodians(4)), roster);
    expect(unfillable).toMatchObject({
      severity: "warning",
      message: "the roster has not the people and credentials to agree when ivan asks",
      example: { request: { by: "ivan" } },
    });
  });

  it("name each one without whom nobody can", () => {
    const [finding] = found(tier(all(custodians(2), compliance)));
    expect(finding).toMatchObject({
      code: "policy.liveness",
      severity: "warning",
      example: { request: { operation: "mint" } },
    });
    expect(finding?.message).toBe("without cora nobody can agree to it when ida asks");
    expect(found(tier(custodians(3))).map(({ message }) => message)).toEqual([
      "without carla, or without chris, or without cyril nobody can agree to it when ida asks",
    ]);
  });

  it("are named the same whatever order the roster has them in", () => {
    const turned = indexRoster({
      ...roster,
      people: [...roster.people].reverse().map((person) => ({ ...person, groups: [...person.groups].reverse() })),
    });
    for (const fields of [tier(custodians(3)), tier(custodians(4)), tier(all(custodians(2), compliance))]) {
      const messages = found(fields, turned).map(({ message }) => message);
      expect(messages).toEqual(found(fields).map(({ message }) => message.replace("when ida asks", "when ivan asks")));
    }
    const { policy } = terrainWith({
      change: { tighten: { quorum: officers(3) }, loosen: { quorum: officers(4) } },
    }).ground;
    expect(changeFindings(policy, turned)).toEqual(changeFindings(policy, rosterIndex));
  });

  it("count what guards add", () => {
    expect(found({ guards: [{ id: "g", when: { operation: "mint" }, add: { quorum: compliance } }] })).toMatchObject([
      { code: "policy.liveness" },
    ]);
  });

  it("are asked by one person only", () => {
    const roster = rosterWith({ ivan: { groups: [] } });
    expect(found({}, roster)).toMatchObject([
      {
        code: "policy.sole-initiator",
        severity: "note",
        field: "rules.0.when.initiator.group",
        message: "only ida may ask for `mint`: without ida nobody can",
      },
    ]);
    expect(found({}, rosterWith({ ida: { groups: [] }, ivan: { groups: [] } }))).toEqual([]);
  });

  it("are told with those whom they need", () => {
    const ask = { quorum: quorumSchema.parse(all(custodians(1), compliance)), floors: [] };
    const { met, needed } = strengthOf(ask, { roster: rosterIndex, groups: new Map(), initiator: n("ida") });
    expect([met, needed.map(({ id }) => id)]).toEqual([true, ["cora"]]);
  });
});

describe("people who change the policy", () => {
  const change = (tighten: object, loosen: object): readonly PolicyFinding[] =>
    changeFindings(
      compile(small({ change: { tighten: { quorum: tighten }, loosen: { quorum: loosen } } })),
      rosterIndex,
    );

  it("must be there, and more than are asked for", () => {
    expect(change(officers(1), officers(2))).toEqual([]);
    expect(change(officers(1), officers(4))).toMatchObject([
      {
        code: "policy.change-deadlock",
        severity: "error",
        field: "change.loosen.quorum",
        message: "nobody can ever loosen the policy: the roster has not the people to fill its quorum",
      },
    ]);
    expect(change(compliance, officers(2))).toMatchObject([
      {
        severity: "warning",
        field: "change.tighten.quorum",
        message: "without cora nobody can tighten the policy any more",
      },
    ]);
    expect(change(officers(3), officers(2)).map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "policy.change-deadlock: without olga, or without omar, or without otto nobody can tighten the policy any more",
    ]);
  });
});
