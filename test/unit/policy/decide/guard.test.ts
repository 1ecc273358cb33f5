/** Guards deny what a rule would permit, and apply where their filter says. */
import { describe, expect, it } from "vitest";
import { judgeGuards } from "../../../../src/policy/decide/guard.ts";
import type { Judgement } from "../../../../src/policy/decide/judgement.ts";
import {
  calendar,
  clause,
  decideWith,
  ether,
  idOf,
  inputWith,
  mintRule,
  now,
  outcome,
  tierWith,
  vote,
  type Bend,
} from "../example.ts";

const over = { feeCeilingWei: (ether("0.05") + 1n).toString() };
const burn = { operation: "burn", to: `0x${"00".repeat(20)}` };

describe("the fee guard", () => {
  it("denies fees above its bound, not those equal to it", () => {
    expect(outcome({ intent: { feeCeilingWei: ether("0.05").toString() } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ intent: over })).toEqual({
      verdict: "refused",
      code: "policy.fee-ceiling",
      failing: ["guard.fee"],
    });
    expect(clause(decideWith({ intent: over }), "guard.fee")).toMatchObject({
      observed: "fees up to 0.050000000000000001 ETH",
      bound: "at most 0.05 ETH",
    });
  });

  it("holds for every operation unless it names some", () => {
    expect(outcome({ intent: { ...burn, ...over }, facts: { votes: [vote("chris")] } })).toMatchObject({
      code: "policy.fee-ceiling",
    });
    const policy = {
      guards: [
        {
          id: "fee",
          when: { operation: { in: ["mint", "transfer"] } },
          unless: { maxFee: { lte: "0.05 ETH" } },
          deny: true,
        },
      ],
    };
    expect(outcome({ policy, intent: { ...burn, ...over }, facts: { votes: [vote("chris")] } })).toMatchObject({
      verdict: "allowed",
    });
    expect(outcome({ policy, intent: over })).toMatchObject({ code: "policy.fee-ceiling" });
  });

  it("beside another is judged with it", () => {
    const fee = (id: string, lte: string): unknown => ({ id, unless: { maxFee: { lte } }, deny: true });
    const policy = { guards: [fee("loose", "1 ETH"), fee("tight", "0.001 ETH")] };
    expect(outcome({ policy })).toEqual({ verdict: "refused", code: "policy.fee-ceiling", failing: ["guard.tight"] });
  });
});

const guarded = (guard: Readonly<Record<string, unknown>>, bend: Bend = {}): Bend => ({
  ...bend,
  policy: { calendar, guards: [{ id: "g", ...guard }], ...bend.policy },
});
const onMints = { operation: "mint" };

describe("a guard that denies", () => {
  it("denies what its condition holds for, with what was seen and must not be", () => {
    const bend = guarded({ when: { ...onMints, amount: { gte: "100 GLD" } }, deny: true });
    expect(outcome(bend)).toEqual({ verdict: "refused", code: "policy.guarded", failing: ["guard.g"] });
    expect(clause(decideWith(bend), "guard.g")).toMatchObject({
      observed: "100 GLD",
      bound: "not more than 99.999999999999999999 GLD",
    });
  });

  it("says so when it spares an intent, and nothing of other operations", () => {
    const bend = guarded({ when: { ...onMints, amount: { gt: "100 GLD" } }, deny: true });
    expect(clause(decideWith(bend), "guard.g")).toMatchObject({ ok: true, observed: "does not apply: 100 GLD" });
    const ids = decideWith(guarded({ when: { operation: "burn" }, deny: true })).clauses.map(({ id }) => id);
    expect(ids).not.toContain("guard.g");
  });

  it("outside its hours is a matter of time, and of a calendar that ended is not", () => {
    const hours = { unless: { time: { from: "09:01", to: "18:00" } }, deny: true };
    expect(outcome(guarded(hours))).toEqual({ verdict: "pending", code: "policy.guarded", failing: ["guard.g"] });
    expect(outcome(guarded(hours, { facts: { now: now + 60, firstSeen: now } })).failing).not.toContain("guard.g");
    const ended = decideWith(guarded(hours, { facts: { now: calendar.until } }));
    expect(clause(ended, "guard.g")).toMatchObject({ ok: false, curable: false });
    const night = { when: { time: { to: "09:01" } }, deny: true };
    expect(outcome(guarded(night))).toMatchObject({ verdict: "pending", code: "policy.guarded" });
    const unending = decideWith(guarded(night, { facts: { now: calendar.until } }));
    expect(clause(unending, "guard.g")).toMatchObject({ ok: false, curable: false });
    const strict = { unless: { time: { from: "09:01" }, amount: { lt: "100 GLD" } }, deny: true };
    expect(outcome(guarded(strict))).toMatchObject({ verdict: "refused", code: "policy.guarded" });
  });
});

describe("a guard that adds", () => {
  const officer = { quorum: { group: "officers", min: 1 } };
  const adding = (add: Readonly<Record<string, unknown>>, bend: Bend = {}): Bend =>
    guarded({ when: onMints, add }, bend);

  it("wants its own people beside the tier's, in one matching", () => {
    const lacking = decideWith(adding(officer));
    expect(lacking).toMatchObject({
      verdict: "pending",
      code: "policy.quorum-missing",
      requires: {
        all: [
          { group: "custodians", min: 2 },
          { group: "officers", min: 1 },
        ],
      },
      missing: [{ group: "officers", count: 1, candidates: ["olga", "omar", "otto"] }],
    });
    expect(clause(lacking, "guard.g")).toMatchObject({
      ok: true,
      observed: "applies: mint",
      bound: "adds 1 of officers",
    });
    const votes = [vote("carla"), vote("chris"), vote("olga")];
    expect(outcome(adding(officer, { facts: { votes } }))).toMatchObject({ verdict: "allowed" });
    const same = adding({ quorum: { group: "custodians", min: 1 } });
    expect(outcome(same)).toMatchObject({ verdict: "pending", code: "policy.quorum-missing" });
  });

  it("wants the groups of what it adds to be as large as they must", () => {
    expect(decideWith(adding(officer)).clauses.map(({ id }) => id)).toContain("group.officers");
  });

  it("makes a request wait, and says from when", () => {
    const decision = decideWith(adding({ delay: "1h" }));
    expect(decision).toMatchObject({ verdict: "pending", code: "policy.delay", notBefore: now - 600 + 3_600 });
    expect(decision.requires).toEqual({ group: "custodians", min: 2 });
  });

  it("gives a veto of its own", () => {
    const add = { delay: "1m", veto: { group: "compliance", min: 1 } };
    const vetoes = [{ person: "cora", statement: idOf("no"), at: now }];
    const rules = [mintRule({}, tierWith({ delay: "1m", veto: { group: "officers", min: 1 } }))];
    expect(outcome(adding(add, { policy: { rules }, facts: { vetoes } }))).toEqual({
      verdict: "refused",
      code: "policy.vetoed",
      failing: ["guard.g.veto"],
    });
  });

  it("adds nothing where it does not apply, and everything when nobody knows", () => {
    const nightly = { when: { ...onMints, time: { from: "18:00" } }, add: officer };
    expect(outcome(guarded(nightly))).toMatchObject({ verdict: "allowed" });
    const ended = decideWith(guarded(nightly, { facts: { now: calendar.until } }));
    expect(ended.requires).toEqual({
      all: [
        { group: "custodians", min: 2 },
        { group: "officers", min: 1 },
      ],
    });
  });
});

describe("the words of a guard", () => {
  const judged = (guard: Readonly<Record<string, unknown>>, bend: Bend = {}): readonly Judgement[] =>
    judgeGuards(inputWith(guarded(guard, bend))).judgements;
  const clauseOfG = { id: "guard.g", kind: "guard", code: "policy.guarded" };
  const small = { amount: { lte: "1 GLD" } };
  const issuer = { initiator: { group: "issuers" } };
  const day = { time: { from: "08:00", to: "18:00" } };
  const night = { time: { from: "18:00" } };
  const seen = {
    day: "fri 2027-01-15 09:00",
    spared: { ok: true, curable: false },
    denied: { ok: false, curable: false },
  };

  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ["an operation", { when: onMints }, { ...seen.denied, observed: "mint", bound: "not mint" }],
    [
      "an operation and more, which goes without saying",
      { when: { ...onMints, ...issuer, amount: { gte: "100 GLD" } } },
      { ...seen.denied, observed: "ida, 100 GLD", bound: "not group issuers and more than 99.999999999999999999 GLD" },
    ],
    [
      "what it does not hold for",
      { when: { ...onMints, ...issuer, ...small } },
      { ok: true, curable: true, observed: "does not apply: 100 GLD", bound: "not group issuers and at most 1 GLD" },
    ],
    [
      "all but some",
      { when: onMints, unless: { ...issuer, ...small } },
      { ...seen.denied, observed: "ida, 100 GLD", bound: "group issuers and at most 1 GLD" },
    ],
    [
      "all but this",
      { when: onMints, unless: { ...issuer, amount: { lte: "100 GLD" } } },
      { ...seen.spared, observed: "ida, 100 GLD", bound: "group issuers and at most 100 GLD" },
    ],
    [
      "all but some of what it does not hold for",
      { when: { ...onMints, ...small }, unless: issuer },
      { ok: true, curable: true, observed: "does not apply: 100 GLD", bound: "group issuers" },
    ],
    [
      "what comes at another hour",
      { when: day },
      { ok: false, curable: true, observed: seen.day, bound: "not from 08:00 to 18:00" },
    ],
  ])("that denies %s", (_, guard, words) => {
    expect(judged({ ...guard, deny: true })).toEqual([{ ...clauseOfG, ...words }]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ["always", {}, { observed: "applies: mint", bound: "adds a wait of 1m" }],
    ["on an operation", { when: onMints }, { observed: "applies: mint", bound: "adds a wait of 1m" }],
    [
      "by an amount",
      { when: { ...onMints, amount: { gt: "1 GLD" } } },
      { observed: "applies: 100 GLD", bound: "adds a wait of 1m" },
    ],
    [
      "but for what it spares",
      { when: onMints, unless: { ...issuer, ...small } },
      { observed: "applies: ida, 100 GLD", bound: "adds a wait of 1m" },
    ],
    [
      "to nothing of this",
      { when: { ...onMints, ...small } },
      { observed: "does not apply: 100 GLD", bound: "when at most 1 GLD" },
    ],
    [
      "to nothing that it spares",
      { unless: { ...issuer, ...day } },
      { observed: `does not apply: ida, ${seen.day}`, bound: "always, unless group issuers and from 08:00 to 18:00" },
    ],
    [
      "to nothing at this hour, nor to what it spares",
      { when: { ...issuer, ...night }, unless: small },
      {
        observed: `does not apply: ${seen.day}`,
        bound: "when group issuers and from 18:00 to 24:00, unless at most 1 GLD",
      },
    ],
  ])("that adds %s", (_, guard, words) => {
    expect(judged({ ...guard, add: { delay: "1m" } })).toEqual([{ ...clauseOfG, ok: true, curable: true, ...words }]);
  });

  it("have a code for fees alone, and not for fees and more", () => {
    const [alone] = judged({ unless: { maxFee: { lte: "1 ETH" } }, deny: true });
    expect(alone).toEqual({
      ...clauseOfG,
      ...seen.spared,
      code: "policy.fee-ceiling",
      observed: "fees up to 0.01 ETH",
      bound: "at most 1 ETH",
    });
    expect(judged({ unless: { maxFee: { lte: "1 ETH" }, ...issuer }, deny: true })[0]?.code).toBe("policy.guarded");
    expect(judged({ unless: { maxFee: { gt: "1 ETH" } }, deny: true })[0]?.code).toBe("policy.guarded");
  });
});
