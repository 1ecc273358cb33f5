/** Claims that a request can always come to be allowed: what each part of one catches. */
import { describe, expect, it } from "vitest";
import { proveAlways } from "../../../../src/policy/analyse/always.ts";
import { compileClaims, type AlwaysClaim, type Verdict } from "../../../../src/policy/analyse/claim.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { terrainOf } from "../../../../src/policy/analyse/survey.ts";
import { bankA, key, n, roster, rosterIndex, rosterWith } from "../example.ts";
import { all, bank, compliance, custodians, mintRule, officers, small, two, upTo } from "../small.ts";

const whole = {
  operation: "mint",
  initiator: { group: "issuers" },
  to: { in: "treasury" },
  amount: { lte: "100 GLD" },
};

function result(always: object, fields: Readonly<Record<string, unknown>> = {}, roster = rosterIndex): Verdict {
  const document = small({ ...fields, always: [always] });
  const policy = compile(document);
  const claim = compileClaims(document)[0] as AlwaysClaim;
  return proveAlways(claim, terrainOf(policy, roster, [{ condition: claim.when, policy }]), { left: 10_000 });
}
const tier = (quorum: object, more: object = {}): Readonly<Record<string, unknown>> => ({
  rules: [mintRule({}, [upTo("100 GLD", quorum, more)])],
});

describe("a claim that something is always allowed", () => {
  it("is proved of exactly what a rule permits, and false a unit beyond", () => {
    expect(result(whole)).toEqual({
      field: "always.0",
      kind: "proved",
      message: "every such request can come to be allowed",
    });
    expect(result({ ...whole, amount: { lte: "101 GLD" } })).toMatchObject({
      kind: "false",
      message: "mint.amount denies it",
      example: { request: { amount: "101 GLD" } },
    });
    expect(result({ ...whole, to: { notIn: "treasury" } })).toMatchObject({ kind: "false", message: "rule denies it" });
    expect(result({ ...whole, initiator: { group: "officers" } })).toMatchObject({
      kind: "false",
      example: { request: { by: "otto" } },
    });
  });

  it.each<[string, object, Readonly<Record<string, unknown>>, string]>([
    ["more people than it says", { withAtMostPeople: 2 }, tier(custodians(3)), "it takes 3 people, more than 2"],
    ["longer than it says", { within: "1h" }, tier(custodians(2), { delay: "2h" }), "it waits 2h, longer than 1h"],
    [
      "somebody who may be gone",
      { afterLosing: 1 },
      tier(all(custodians(1), compliance)),
      "without cora, nobody is left who could agree",
    ],
    ["people who are not there", {}, tier(custodians(4)), "nobody is left who could agree"],
  ])("is false where it takes %s", (_, more, fields, message) => {
    expect(result({ ...whole, ...more }, fields)).toMatchObject({ kind: "false", message });
  });

  it("takes any key that a rule signs with, unless it names one", () => {
    const rules = [mintRule({}, [two, upTo("200 GLD", custodians(2), { sign: "hsm-other" })])];
    const large = { ...whole, amount: { gt: "100 GLD", lte: "200 GLD" } };
    expect(result(large, { rules }).kind).toBe("proved");
    expect(result({ ...large, account: "hsm-mint" }, { rules })).toMatchObject({
      kind: "false",
      message: "mint.sign denies it",
    });
  });

  it("is false of requests that two rules match", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    const rules = [mintRule(), mintRule({ initiator: { group: "traders" } }, [two], "trade")];
    expect(result(whole, { rules }, roster)).toMatchObject({ kind: "false", message: "mint and trade both match" });
  });

  it("does not speak of a request to the account itself, which nobody can make", () => {
    const lists = {
      treasury: {
        entries: [
          { address: bankA, label: "A" },
          { address: key.account, label: "itself" },
        ],
      },
    };
    expect(result(whole, { lists }).kind).toBe("proved");
  });

  it("speaks of what any rule is for when it names no operation", () => {
    expect(result({ initiator: { group: "issuers" } }).kind).toBe("false");
    expect(
      result(
        { initiator: { group: "issuers" } },
        {
          rules: [
            {
              id: "stop",
              when: { operation: "pause", initiator: { group: "issuers" } },
              tiers: [upTo("max", custodians(1))],
            },
          ],
        },
      ).kind,
    ).toBe("proved");
  });

  it("is false as soon as one recipient of several is refused, wherever it stands", () => {
    const anybody = { ...whole, to: undefined };
    expect(result(anybody)).toMatchObject({ kind: "false", message: "rule denies it" });
    expect(result(anybody, { rules: [mintRule({ to: { notIn: "treasury" } })] })).toMatchObject({
      kind: "false",
      message: "rule denies it",
      example: { request: { to: expect.stringMatching(/^0xaAaA/) as string } },
    });
  });

  it("is false as soon as one message of several is refused", () => {
    const typedData = (more: object = {}): object => ({
      domain: { verifyingContract: bank("1"), chainId: 31_337, ...more },
      primaryType: "Permit",
    });
    const when = { operation: "signTypedData", initiator: { group: "issuers" }, typedData: typedData() };
    const rules = [{ id: "permit", when, tiers: [upTo("max", custodians(2))] }];
    const guards = [{ id: "named", when: when, unless: { typedData: typedData({ name: "GLD" }) }, deny: true }];
    expect(result(when, { rules }).kind).toBe("proved");
    expect(result(when, { rules, guards })).toMatchObject({ kind: "false", message: "guard.named denies it" });
  });

  it("is false where no key signs, shown by the first key that there is", () => {
    expect(result({ ...whole, account: "hsm-other" })).toMatchObject({
      kind: "false",
      message: "no key signs for it",
      example: { request: { account: "hsm-mint", by: "ida" } },
    });
    const keyless = indexRoster({ ...roster, keys: [] });
    expect(result({ ...whole, account: "hsm-other" }, {}, keyless)).toEqual({
      field: "always.0",
      kind: "false",
      message: "no key signs for it",
    });
    expect(result(whole, {}, keyless)).toEqual({ field: "always.0", kind: "false", message: "mint.sign denies it" });
  });

  it("is proved of requests that nobody can make", () => {
    const lists = { treasury: { entries: [{ address: key.account, label: "itself" }] } };
    expect(result(whole, { lists }).kind).toBe("proved");
    expect(result({ ...whole, account: "hsm-other" }, { lists }).kind).toBe("false");
    const guards = [{ id: "no", when: { operation: "mint" }, deny: true }];
    expect(result(whole, { lists, guards }).kind).toBe("proved");
  });

  it("says of several keys why the one that comes furthest is not enough", () => {
    const rules = [
      mintRule({}, [upTo("100 GLD", custodians(9)), upTo("200 GLD", custodians(9), { sign: "hsm-other" })]),
    ];
    const lack = { kind: "false", message: "nobody is left who could agree" };
    expect(result(whole, { rules })).toMatchObject({ ...lack, example: { request: { account: "hsm-mint" } } });
    expect(result({ ...whole, amount: { gt: "100 GLD", lte: "200 GLD" } }, { rules })).toMatchObject({
      ...lack,
      example: { request: { account: "hsm-other" } },
    });
  });

  it("asks anew for everybody who asks, since nobody agrees to what is their own", () => {
    const both = rosterWith({ ivan: { groups: ["issuers", "custodians"].map(n) } });
    expect(result(whole, tier(custodians(4)), both)).toMatchObject({
      kind: "false",
      message: "nobody is left who could agree",
      example: { request: { by: "ivan" } },
    });
  });

  it("names everybody without whom nobody can agree, in the order of their names", () => {
    const quorum = { any: [compliance, { ...custodians(1), credentials: ["key"] }] };
    expect(result({ ...whole, afterLosing: 3 }, tier(quorum))).toMatchObject({
      message: "without chris and cora and cyril, nobody is left who could agree",
    });
  });

  it("counts everybody who may ask where it says no group", () => {
    const everybody = Object.fromEntries(
      [...roster.people, ...roster.services].map(({ id, groups }) => [id, { groups: [...groups, n("everybody")] }]),
    );
    const stop = {
      id: "stop",
      when: { operation: "pause", initiator: { group: "everybody" } },
      tiers: [upTo("max", officers(1))],
    };
    expect(result({ operation: "pause", afterLosing: 1 }, { rules: [stop] }, rosterWith(everybody)).kind).toBe(
      "proved",
    );
  });

  it("says that nothing is what it speaks of, since then nothing is ever allowed", () => {
    expect(result({ ...whole, initiator: { group: "strangers" } })).toEqual({
      field: "always.0",
      kind: "false",
      message: "no request is what it speaks of, so nothing is ever allowed",
    });
  });
});
