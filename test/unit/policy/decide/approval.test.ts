/** People in a decision: who counts, which groups must be how large, and the words for what is missing. */
import { describe, expect, it } from "vitest";
import { groupsOf, judgeSeparation, peopleOf } from "../../../../src/policy/decide/approval.ts";
import { lackText, quorumText } from "../../../../src/policy/decide/demand-text.ts";
import type { Quorum } from "../../../../src/policy/document/requirement.ts";
import {
  clause,
  decideWith,
  document,
  idOf,
  inputWith,
  mintRule,
  n,
  now,
  outcome,
  rosterIndex,
  rosterWith,
  tierWith,
  vote,
  type Bend,
} from "../example.ts";

const custodians: Quorum = { group: n("custodians"), min: 2 };
const compliance: Quorum = { group: n("compliance"), min: 1 };
const groups = (fields: Readonly<Record<string, unknown>>): { groups: unknown } => ({
  groups: { ...document.groups, ...fields },
});

describe("votes", () => {
  it("of the initiator do not count, and the initiator is no candidate", () => {
    const roster = rosterWith({ carla: { groups: [n("custodians"), n("issuers")] } });
    const decision = decideWith({ initiator: "carla", roster, policy: { separation: [] } });
    expect(decision).toMatchObject({
      verdict: "pending",
      code: "policy.quorum-missing",
      missing: [{ group: "custodians", count: 1, candidates: ["cyril"] }],
    });
  });

  it("count until the instant they expire", () => {
    const votes = (expiresAt: number): unknown[] => [vote("carla"), vote("chris", { expiresAt: expiresAt as never })];
    expect(outcome({ facts: { votes: votes(now + 1) } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ facts: { votes: votes(now) } })).toMatchObject({
      verdict: "pending",
      code: "policy.quorum-missing",
    });
  });

  it("with a credential that the group does not take fill no seat", () => {
    const policy = groups({ custodians: { min: 3, credentials: ["wallet"] } });
    const decision = decideWith({ policy });
    expect(clause(decision, "mint.quorum")).toMatchObject({
      ok: false,
      observed: "carla for custodians, lacks 1 of custodians: nobody is left",
      bound: "2 of custodians",
    });
  });

  it("that lack are told apart from those there, by name", () => {
    expect(clause(decideWith({ facts: { votes: [] } }), "mint.quorum").observed).toBe(
      "nobody yet, lacks 2 of custodians: carla or chris or cyril",
    );
  });
});

describe("floors", () => {
  it("hold a request while a group of its quorum is smaller than the policy says", () => {
    const roster = rosterWith({ cyril: { groups: [] } });
    expect(outcome({ roster })).toEqual({
      verdict: "pending",
      code: "policy.group-floor",
      failing: ["group.custodians"],
    });
    expect(outcome({ roster, policy: groups({ custodians: { min: 2 } }) })).toMatchObject({ verdict: "allowed" });
  });

  it("count people, and ask nothing of groups that the quorum does not name or the policy does not bound", () => {
    const roster = rosterWith({ cyril: { groups: [] }, "obs-1": { groups: [n("observers"), n("custodians")] } });
    expect(clause(decideWith({ roster }), "group.custodians")).toEqual({
      id: "group.custodians",
      kind: "quorum",
      ok: false,
      curable: true,
      observed: "2 people in custodians",
      bound: "at least 3",
    });
    expect(outcome({ policy: groups({ compliance: { min: 9 } }) })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ policy: { groups: { observers: { min: 2 } } } })).toMatchObject({ verdict: "allowed" });
  });
});

describe("separation", () => {
  it("looks at the whole roster, in both directions", () => {
    const roster = rosterWith({ olga: { groups: [n("custodians"), n("officers")] } });
    const { policy } = inputWith();
    const turned = { ...policy, separation: policy.separation.map(([one, other]) => [other, one] as const) };
    expect(judgeSeparation({ policy, roster }).map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(judgeSeparation({ policy: turned, roster }).map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  it("names everybody who is in both groups, and says when nobody is", () => {
    const both = { groups: [n("custodians"), n("officers")] };
    const roster = rosterWith({ otto: both, olga: both });
    const separation = { kind: "quorum", code: "policy.separation", curable: true };
    expect(judgeSeparation({ policy: inputWith().policy, roster })).toEqual([
      {
        ...separation,
        id: "separation.issuers.custodians",
        ok: true,
        observed: "nobody is in both",
        bound: "nobody is in issuers and custodians",
      },
      {
        ...separation,
        id: "separation.officers.custodians",
        ok: false,
        observed: "olga, otto in both",
        bound: "nobody is in officers and custodians",
      },
      {
        ...separation,
        id: "separation.attestors.issuers",
        ok: true,
        observed: "nobody is in both",
        bound: "nobody is in attestors and issuers",
      },
    ]);
    const service = rosterWith({ "obs-1": both, "obs-2": both });
    expect(judgeSeparation({ policy: inputWith().policy, roster: service })[1]?.observed).toBe("obs-1, obs-2 in both");
  });
});

describe("words", () => {
  it("say a quorum as a person would", () => {
    expect(quorumText({ all: [custodians, compliance] })).toBe("2 of custodians and 1 of compliance");
    expect(quorumText({ any: [custodians, { all: [custodians, compliance] }] })).toBe(
      "2 of custodians or (2 of custodians and 1 of compliance)",
    );
    expect(quorumText({ all: [{ any: [compliance] }] })).toBe("1 of compliance");
  });

  it("say who could still sign", () => {
    expect(lackText({ group: n("custodians"), count: 1, candidates: [n("chris"), n("cyril")] })).toBe(
      "1 of custodians: chris or cyril",
    );
    expect(lackText({ group: n("custodians"), count: 2 })).toBe("2 of custodians");
    expect(lackText({ group: n("custodians"), count: 2, candidates: [] })).toBe("2 of custodians: nobody is left");
  });
});

it("a quorum names each group once, and people are no services", () => {
  expect(groupsOf({ all: [custodians, { any: [compliance, custodians] }] })).toEqual(["custodians", "compliance"]);
  expect(peopleOf(rosterIndex, n("officers")).map((person) => person.id)).toEqual(["otto", "olga", "omar"]);
  expect(peopleOf(rosterIndex, n("observers"))).toEqual([]);
});

describe("floors over everybody who voted", () => {
  const bend = (distinct: unknown, people: readonly string[], more: Bend = {}): Bend => ({
    ...more,
    policy: { rules: [mintRule({}, tierWith({ quorum: { any: [custodians, compliance] }, distinct }))] },
    facts: { votes: people.map((person) => vote(person)) },
  });
  const north = n("north");
  const units = rosterWith({ carla: { unit: north }, chris: { unit: north }, cyril: { unit: n("south") } });

  it("count people who could sit in any seat, once each and the initiator never", () => {
    expect(outcome(bend({ people: 3 }, ["carla", "chris", "carla"]))).toMatchObject({
      verdict: "pending",
      code: "policy.too-few-people",
      failing: ["mint.people"],
    });
    expect(outcome(bend({ people: 3 }, ["carla", "chris", "cora"]))).toMatchObject({ verdict: "allowed" });
    expect(outcome(bend({ people: 3 }, ["carla", "chris", "otto", "ida"])).failing).toEqual(["mint.people"]);
    expect(clause(decideWith(bend({ people: 3 }, ["chris", "carla"])), "mint.people")).toMatchObject({
      observed: "2 people: carla, chris",
      bound: "at least 3 different people",
    });
  });

  it("count units, of which somebody without one is none", () => {
    expect(outcome(bend({ units: 2 }, ["carla", "chris"], { roster: units }))).toMatchObject({
      verdict: "pending",
      code: "policy.too-few-units",
      failing: ["mint.units"],
    });
    expect(outcome(bend({ units: 2 }, ["carla", "cora"], { roster: units })).failing).toEqual(["mint.units"]);
    expect(outcome(bend({ units: 2 }, ["carla", "cyril"], { roster: units }))).toMatchObject({ verdict: "allowed" });
  });

  it("say that nobody is there yet", () => {
    const decision = decideWith(bend({ people: 2, units: 1 }, []));
    const floor = { kind: "quorum", ok: false, curable: true };
    expect(clause(decision, "mint.people")).toEqual({
      ...floor,
      id: "mint.people",
      observed: "no people yet",
      bound: "at least 2 different people",
    });
    expect(clause(decision, "mint.units")).toEqual({
      ...floor,
      id: "mint.units",
      observed: "no units yet",
      bound: "at least 1 different units",
    });
  });

  it("are told only where a tier has them", () => {
    const ids = decideWith(bend({ units: 1 }, [])).clauses.map(({ id }) => id);
    expect(ids).toContain("mint.units");
    expect(ids).not.toContain("mint.people");
  });
});

describe("vetoes", () => {
  const bend = (people: readonly string[] | undefined, min = 1): Bend => ({
    policy: { rules: [mintRule({}, tierWith({ delay: "1m", veto: { group: "officers", min } }))] },
    facts: { vetoes: people?.map((person) => ({ person, statement: idOf(`no of ${person}`), at: now - 30 })) },
  });
  const refused = { verdict: "refused", code: "policy.vetoed", failing: ["mint.veto"] };

  it("of enough people of the group end a request", () => {
    expect(outcome(bend(["olga"]))).toEqual(refused);
    expect(outcome(bend(["olga", "otto"], 2))).toEqual(refused);
    expect(clause(decideWith(bend(["otto", "olga"])), "mint.veto")).toMatchObject({
      observed: "olga, otto object",
      bound: "unless 1 of officers object",
      curable: false,
    });
  });

  it("are told by whose they are, and that there are none", () => {
    const told = (people: readonly string[] | undefined): unknown => clause(decideWith(bend(people, 2)), "mint.veto");
    const veto = { id: "mint.veto", kind: "quorum", ok: true, curable: false, bound: "unless 2 of officers object" };
    expect(told(undefined)).toEqual({ ...veto, observed: "nobody objects" });
    expect(told([])).toEqual({ ...veto, observed: "nobody objects" });
    expect(told(["olga"])).toEqual({ ...veto, observed: "olga objects" });
    expect(told(["otto", "olga"])).toEqual({ ...veto, ok: false, observed: "olga, otto object" });
  });

  it("of one person count once, and of others not at all", () => {
    expect(outcome(bend(["olga", "olga"], 2))).toMatchObject({ verdict: "allowed" });
    expect(outcome(bend(["carla", "obs-1", "nobody"]))).toMatchObject({ verdict: "allowed" });
    for (const none of [[], undefined]) expect(outcome(bend(none))).toMatchObject({ verdict: "allowed" });
  });
});
