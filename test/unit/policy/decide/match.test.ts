/** Which rule an intent falls under, and how near the others came when none does. */
import { describe, expect, it } from "vitest";
import type { Judgement } from "../../../../src/policy/decide/judgement.ts";
import { matchRule } from "../../../../src/policy/decide/match.ts";
import { checksum } from "../../../../src/values/address.ts";
import {
  bankA,
  calendar,
  clause,
  day,
  decideWith,
  document,
  gld,
  inputWith,
  mintRule,
  n,
  now,
  stranger,
  type Bend,
} from "../example.ts";

describe("matchRule", () => {
  it("finds the one rule and its tier", () => {
    const match = matchRule(inputWith({ intent: { amount: gld("2000").toString() } }));
    expect(match.rule?.id).toBe("mint");
    expect(match.tier?.delaySeconds).toBe(1_800);
    expect(match.nearest).toEqual([]);
  });

  it("shows the recipient with its checksum and its label", () => {
    expect(clause(decideWith(), "mint.to")).toMatchObject({
      observed: "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa (Bank A omnibus)",
      bound: "list treasury",
    });
  });

  it("lists each rule's first failing clause when none matches, the nearest rule first", () => {
    const decision = decideWith({ intent: { to: stranger } });
    expect(decision).toMatchObject({ rule: null, tier: null, notBefore: null, requires: null, seats: [], missing: [] });
    // By clauses that pass: operation and initiator; initiator and recipient are both wrong for the last two.
    expect(decision.nearest.map(({ rule, clause: { id } }) => `${rule}: ${id}`)).toEqual([
      "mint: mint.to",
      "payout: payout.operation",
      "redeem: redeem.operation",
      "restart: restart.operation",
      "stop: stop.operation",
    ]);
    expect(decision.nearest[0]?.clause.observed).toBe(checksum(stranger));
  });

  it("tells two rules of one operation apart by their lists", () => {
    const lists = {
      treasury: document.lists!["treasury" as never],
      partners: { entries: [{ address: stranger, label: "Partner" }] },
    };
    const [mint] = document.rules;
    const second = { ...mint!, id: "mint-partners", when: { ...mint!.when, to: { in: "partners" } } };
    const bend = { policy: { lists, rules: [mint, second] } };
    expect(decideWith(bend).rule).toBe("mint");
    expect(decideWith({ ...bend, intent: { to: stranger } }).rule).toBe("mint-partners");
  });

  it("keeps the list of nearest rules short", () => {
    const input = inputWith({ intent: { to: stranger } });
    const [mint] = input.policy.rules;
    const rules = Array.from({ length: 50 }, (_, index) => ({ ...mint!, id: n(`r${index}`) }));
    expect(matchRule({ ...input, policy: { ...input.policy, rules } }).nearest).toHaveLength(10);
  });

  it("puts a rule that comes nearer before one whose id comes first", () => {
    const { nearest } = decideWith({ intent: { operation: "transfer" }, initiator: "otto" });
    expect(nearest.map(({ rule, clause: { id } }) => `${rule}: ${id}`)).toEqual([
      "payout: payout.initiator",
      "mint: mint.operation",
      "restart: restart.operation",
      "stop: stop.operation",
      "redeem: redeem.operation",
    ]);
  });
});

describe("the clauses of a match", () => {
  const judged = (bend: Bend): readonly Judgement[] => matchRule(inputWith(bend)).judgements;
  const rule = { kind: "rule", ok: true, curable: false };
  const seen = "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa (Bank A omnibus)";
  const operation = { ...rule, id: "mint.operation", code: "policy.no-rule", observed: "mint", bound: "mint" };
  const issuer = {
    ...rule,
    id: "mint.initiator",
    code: "policy.initiator-not-in-group",
    observed: "ida",
    bound: "group issuers",
  };
  const listed = {
    ...rule,
    id: "mint.to",
    code: "policy.recipient-not-listed",
    observed: seen,
    bound: "list treasury",
  };
  const top = { ...rule, id: "mint.amount", code: "policy.over-top-tier", observed: "100 GLD" };

  it("tell each part and the top of the tiers", () => {
    expect(judged({})).toEqual([operation, issuer, listed, { ...top, bound: "at most 5,000 GLD" }]);
    const [tier] = document.rules[0]!.tiers;
    expect(judged({ policy: { rules: [mintRule({}, { tiers: [tier] })] } }).at(-1)).toEqual({
      ...top,
      bound: "at most 1,000 GLD",
    });
    expect(judged({ intent: { amount: gld("5001").toString() } }).at(-1)).toEqual({
      ...top,
      ok: false,
      observed: "5,001 GLD",
      bound: "at most 5,000 GLD",
    });
  });

  it("tell of an entry since when it is listed, and of one that nobody knows that", () => {
    const lists = { treasury: { minAge: "48h", entries: document.lists!["treasury" as never]!.entries } };
    const age = (listedSince: object): unknown =>
      judged({ policy: { lists }, facts: { listedSince } }).find(({ id }) => id === "mint.to.age");
    const wait = { id: "mint.to.age", kind: "wait", code: "policy.recipient-too-new", curable: true, bound: "for 2d" };
    expect(age({})).toEqual({ ...wait, ok: false, observed: "not known since when it is listed" });
    expect(age({ [`treasury ${bankA}`]: now - day })).toEqual({
      ...wait,
      ok: false,
      observed: "listed since 2027-01-14T08:00:00Z",
    });
    expect(age({ [`treasury ${bankA}`]: now - 2 * day })).toEqual({
      ...wait,
      ok: true,
      observed: "listed since 2027-01-13T08:00:00Z",
    });
  });

  it("of more than one rule are one that nothing cures, and no rule is nearest", () => {
    const input = inputWith();
    const [mint] = input.policy.rules;
    const rules = ["two", "one"].map((id) => ({ ...mint!, id: n(id) }));
    expect(matchRule({ ...input, policy: { ...input.policy, rules } })).toEqual({
      rule: undefined,
      tier: undefined,
      nearest: [],
      judgements: [
        {
          id: "rule",
          kind: "rule",
          code: "policy.ambiguous",
          ok: false,
          curable: false,
          observed: "rules one, two",
          bound: "exactly one rule",
        },
      ],
    });
  });

  it("of no rule are one that says what was asked and which rules there are", () => {
    const none = { id: "rule", kind: "rule", ok: false, bound: "a rule among mint, payout, redeem, restart, stop" };
    expect(judged({ intent: { to: stranger } })).toEqual([
      {
        ...none,
        code: "policy.recipient-not-listed",
        curable: false,
        observed: `mint by ida to ${checksum(stranger)}`,
      },
    ]);
    const hour = { calendar, rules: [mintRule({ time: { from: "18:00" } })] };
    expect(judged({ policy: hour })[0]).toMatchObject({ code: "policy.outside-hours", curable: true });
    expect(judged({ policy: hour, initiator: "otto" })[0]).toMatchObject({
      code: "policy.initiator-not-in-group",
      curable: false,
    });
  });
});
