/** Whether the people of a roster can live by a policy. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { checkAgainstRoster, checkWallets, type Finding } from "../../../../src/policy/analyse/roster-fit.ts";
import { indexRoster, type RosterIndex } from "../../../../src/roster/membership.ts";
import { document, documentWith, n, roster, rosterIndex, rosterWith } from "../example.ts";

const found = (fields: Readonly<Record<string, unknown>>, index: RosterIndex = rosterIndex): string[] =>
  checkAgainstRoster(compile(documentWith(fields)), index).map(({ code, field }) => `${code} ${field}`);
const [mint] = document.rules;
const mintWith = (quorum: unknown, when: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  rules: [{ ...mint, when: { ...mint!.when, ...when }, tiers: [{ ...mint!.tiers[0], quorum }] }],
});

describe("checkAgainstRoster", () => {
  it("finds nothing where everybody is there", () => {
    expect(found({})).toEqual([]);
  });

  it("finds a key that the roster does not have", () => {
    expect(found({}, indexRoster({ ...roster, keys: [] })).filter((line) => line.includes("rules.0"))).toEqual([
      "policy.key-unknown rules.0.tiers.0.sign",
      "policy.key-unknown rules.0.tiers.1.sign",
    ]);
  });

  it("finds quorums that nobody can fill, counting one seat a person and no initiator", () => {
    expect(found(mintWith({ group: "custodians", min: 4 }))).toEqual([
      "policy.quorum-unfillable rules.0.tiers.0.quorum",
    ]);
    expect(
      found(
        mintWith({
          all: [
            { group: "custodians", min: 2 },
            { group: "custodians", min: 2 },
          ],
        }),
      ),
    ).toEqual(["policy.quorum-unfillable rules.0.tiers.0.quorum"]);
    expect(found(mintWith({ group: "issuers", min: 1 }))).toEqual([]);
    expect(found(mintWith({ group: "issuers", min: 2 }))).toEqual(["policy.quorum-unfillable rules.0.tiers.0.quorum"]);
    expect(found(mintWith({ group: "observers", min: 1 }))).toEqual([
      "policy.quorum-unfillable rules.0.tiers.0.quorum",
    ]);
  });

  it("finds a quorum whose group takes credentials that too few have", () => {
    const groups = { ...document.groups, custodians: { min: 3, credentials: ["wallet"] } };
    expect(found({ groups, ...mintWith({ group: "custodians", min: 2 }) })).toEqual([
      "policy.quorum-unfillable rules.0.tiers.0.quorum",
    ]);
  });

  it("finds groups that are empty or below their floor, services counted", () => {
    expect(found({ groups: { observers: { min: 3 } }, guards: [] })).toEqual(["policy.group-floor groups.observers"]);
    expect(found(mintWith({ group: "custodians", min: 1 }, { initiator: { group: "nobody" } }))).toEqual([
      "policy.group-empty rules.0.when.initiator.group",
    ]);
    const guards = [
      { ...document.guards![0]!, require: { ...document.guards![0]!.require!, by: { group: "attestors", min: 2 } } },
    ];
    expect(found({ guards })).toEqual(["policy.group-floor guards.0.require.by"]);
  });

  it("finds people in two groups that are to be apart", () => {
    expect(found({}, rosterWith({ omar: { groups: [n("officers"), n("custodians")] } }))).toEqual([
      "policy.separation separation.1",
    ]);
  });

  it("finds a change block that nobody can use", () => {
    const change = {
      tighten: { quorum: { group: "officers", min: 4 } },
      loosen: { quorum: { group: "officers", min: 3 }, veto: { group: "compliance", min: 2 } },
    };
    expect(found({ change })).toEqual([
      "policy.quorum-unfillable change.tighten.quorum",
      "policy.group-floor change.loosen.veto",
    ]);
  });
});

describe("what a roster lacks", () => {
  const said = (fields: Readonly<Record<string, unknown>>, index: RosterIndex = rosterIndex): string[] =>
    checkAgainstRoster(compile(documentWith(fields)), index).map(({ field, message }) => `${field}: ${message}`);

  it("is said in words, with how many there are", () => {
    expect(said(mintWith({ group: "custodians", min: 4 }))).toEqual([
      "rules.0.tiers.0.quorum: the roster has not the people and credentials to fill this quorum",
    ]);
    expect(said({ groups: { observers: { min: 3 } }, guards: [] })).toEqual([
      "groups.observers: `observers` has 2 on the roster, fewer than 3",
    ]);
    expect(said({}, rosterWith({ omar: { groups: [n("officers"), n("custodians")] } }))).toEqual([
      "separation.1: omar in both",
    ]);
  });

  it("is a veto that too few can say, by its tier", () => {
    const tier = { ...mint!.tiers[0], delay: "1h", veto: { group: "compliance", min: 2 } };
    expect(said({ rules: [{ ...mint, tiers: [tier] }] })).toEqual([
      "rules.0.tiers.0.veto: `compliance` has 1 on the roster, fewer than 2",
    ]);
  });

  it("is no quorum of somebody who asks, when nobody may ask or another may", () => {
    const asked = (group: string): string[] =>
      said(mintWith({ group: "custodians", min: 3 }, { initiator: { group } }));
    expect(asked("issuers")).toEqual([]);
    expect(asked("custodians")).toEqual([
      "rules.0.tiers.0.quorum: the roster has not the people and credentials to fill this quorum",
    ]);
  });
});

describe("checkWallets", () => {
  const findings = (fields: Readonly<Record<string, unknown>>): readonly Finding[] =>
    checkWallets(compile(documentWith(fields)));
  const second = (quorum: unknown): Record<string, unknown> => ({
    rules: [{ ...mint, tiers: [mint!.tiers[0], { ...mint!.tiers[1], quorum }] }],
  });

  it("wants a wallet in every tier but the first, whichever way it is met", () => {
    const compliance = { group: "compliance", min: 1 };
    const custodians = { group: "custodians", min: 2 };
    expect(findings(second({ all: [custodians, compliance] }))).toEqual([]);
    expect(findings(second(custodians))).toEqual([
      {
        code: "policy.no-wallet",
        field: "rules.0.tiers.1.quorum",
        message: "no seat of this tier wants a wallet, so nobody sees the amount on a device",
      },
    ]);
    expect(findings(second({ any: [custodians, compliance] }))).toHaveLength(1);
    expect(findings(second({ group: "undeclared", min: 1 }))).toHaveLength(1);
  });

  it("does not take a group that a passkey also satisfies", () => {
    const groups = { ...document.groups, compliance: { min: 1, credentials: ["wallet", "passkey"] } };
    expect(findings({ groups }).map(({ field }) => field)).toEqual([
      "rules.0.tiers.1.quorum",
      "rules.1.tiers.1.quorum",
    ]);
  });
});
