/** Instants at which an intent begins, may go on, and is over. */
import { describe, expect, it } from "vitest";
import { after } from "../../../../src/policy/decide/wait.ts";
import { instantSchema } from "../../../../src/values/schema.ts";
import { bankA, clause, day, decideWith, document, gld, minute, now, outcome, vote, type Bend } from "../example.ts";

const last = instantSchema.parse(253_402_300_799);
const votes = [vote("carla"), vote("chris"), vote("cora")];
const large = { amount: gld("1001").toString() };

describe("an intent", () => {
  it("refuses at the instant of expiry, not the second before", () => {
    expect(outcome({ intent: { expiresAt: now + 1 } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ intent: { expiresAt: now } })).toEqual({
      verdict: "refused",
      code: "policy.expired",
      failing: ["intent.expiresAt"],
    });
  });

  it("waits until the instant it begins", () => {
    expect(outcome({ intent: { notBefore: now } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ intent: { notBefore: now + 1 } })).toEqual({
      verdict: "pending",
      code: "policy.not-yet",
      failing: ["intent.notBefore"],
    });
  });

  it("may live as long as the genesis says from when it was first seen", () => {
    const firstSeen = now - 600;
    expect(outcome({ intent: { expiresAt: firstSeen + 7 * day } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ intent: { expiresAt: firstSeen + 7 * day + 1 } })).toEqual({
      verdict: "refused",
      code: "policy.lifetime",
      failing: ["intent.lifetime"],
    });
  });
});

describe("the words of an intent's life", () => {
  it("say when it is, when it begins and ends, and how long it lives", () => {
    const life = (bend: Bend): unknown => decideWith(bend).clauses.filter(({ id }) => id.startsWith("intent."));
    const chain = {
      id: "intent.chain",
      kind: "rule",
      ok: true,
      curable: false,
      observed: "chain 31337",
      bound: "a chain of the genesis",
    };
    const it = "it is 2027-01-15T08:00:00Z";
    expect(life({})).toEqual([
      chain,
      {
        id: "intent.expiresAt",
        kind: "wait",
        ok: true,
        curable: false,
        observed: it,
        bound: "before 2027-01-15T09:00:00Z",
      },
      { id: "intent.lifetime", kind: "ceiling", ok: true, curable: false, observed: "lives 70m", bound: "at most 7d" },
      {
        id: "intent.notBefore",
        kind: "wait",
        ok: true,
        curable: true,
        observed: it,
        bound: "from 2027-01-15T07:50:00Z",
      },
    ]);
    expect(life({ intent: { notBefore: now + 60, expiresAt: now + 8 * day } })).toEqual([
      chain,
      {
        id: "intent.expiresAt",
        kind: "wait",
        ok: true,
        curable: false,
        observed: it,
        bound: "before 2027-01-23T08:00:00Z",
      },
      {
        id: "intent.lifetime",
        kind: "ceiling",
        ok: false,
        curable: false,
        observed: "lives 11530m",
        bound: "at most 7d",
      },
      {
        id: "intent.notBefore",
        kind: "wait",
        ok: false,
        curable: true,
        observed: it,
        bound: "from 2027-01-15T08:01:00Z",
      },
    ]);
  });

  it("say of one that was over before it was seen that it lives no time", () => {
    const over = decideWith({ intent: { expiresAt: now - 60 }, facts: { firstSeen: now } });
    expect(clause(over, "intent.lifetime").observed).toBe("lives 0s");
  });
});

describe("a delay", () => {
  it("runs from when the gate first saw the submission", () => {
    expect(outcome({ intent: large, facts: { votes, firstSeen: now - 30 * minute } })).toMatchObject({
      verdict: "allowed",
    });
    expect(outcome({ intent: large, facts: { votes, firstSeen: now - 30 * minute + 1 } })).toEqual({
      verdict: "pending",
      code: "policy.delay",
      failing: ["mint.delay"],
    });
  });

  it("is shown with its end, and is part of the earliest instant", () => {
    const decision = decideWith({ intent: large, facts: { votes, firstSeen: now } });
    expect(clause(decision, "mint.delay")).toEqual({
      id: "mint.delay",
      kind: "wait",
      ok: false,
      curable: true,
      observed: "it is 2027-01-15T08:00:00Z, first seen 2027-01-15T08:00:00Z",
      bound: "30m later, from 2027-01-15T08:30:00Z",
    });
    expect(decision.notBefore).toBe(now + 30 * minute);
    expect(
      decideWith({ intent: { ...large, notBefore: now + 3_000 }, facts: { votes, firstSeen: now } }).notBefore,
    ).toBe(now + 3_000);
  });

  it("that would end after the last instant does not end", () => {
    expect(after(last, 1)).toBe(last);
    const rules = document.rules.map((rule) => ({
      ...rule,
      tiers: rule.tiers.map((tier) => ({ ...tier, delay: "9999999d" })),
    }));
    expect(outcome({ policy: { rules }, facts: { now: last, firstSeen: last } }).failing).toContain("mint.delay");
  });
});

describe("a listed recipient", () => {
  const lists = { treasury: { minAge: "48h", entries: document.lists!["treasury" as never]!.entries } };
  const since = (at: number): Record<string, unknown> => ({
    facts: { listedSince: { [`treasury ${bankA}`]: at } },
    policy: { lists },
  });

  it("is too new until the list's age has passed since the gate knows it", () => {
    expect(outcome(since(now - 2 * day))).toMatchObject({ verdict: "allowed" });
    expect(outcome(since(now - 2 * day + 1))).toEqual({
      verdict: "pending",
      code: "policy.recipient-too-new",
      failing: ["mint.to.age"],
    });
    expect(decideWith(since(now)).notBefore).toBe(now + 2 * day);
  });

  it("of unknown age is new, and another's age does not help", () => {
    expect(outcome({ policy: { lists } })).toMatchObject({ verdict: "pending", code: "policy.recipient-too-new" });
    const other = {
      facts: { listedSince: { [`treasury 0x${"bb".repeat(20)}`]: 1, [`other ${bankA}`]: 1 } },
      policy: { lists },
    };
    expect(outcome(other)).toMatchObject({ code: "policy.recipient-too-new" });
  });
});
