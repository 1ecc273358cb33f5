/** Rolling limits: what counts together, until when, and when there is room again. */
import { describe, expect, it } from "vitest";
import { clause, day, decideWith, gld, key, now, outcome, spend, stranger, vote, type Bend } from "./example.ts";

const text = (value: string): string => gld(value).toString();
const full = { verdict: "pending", code: "policy.limit-exceeded" };
const limit = (fields: Readonly<Record<string, unknown>>): NonNullable<Bend["policy"]> => ({
  limits: [
    {
      id: "l",
      when: { operation: "mint" },
      metric: "sum",
      window: "rolling 24h",
      per: "asset",
      max: "500 GLD",
      over: "deny",
      ...fields,
    },
  ],
});
const used = (fields: Readonly<Record<string, unknown>> = {}): unknown => spend({ amount: text("401"), ...fields });

describe("a rolling limit", () => {
  it("is full one unit above its maximum", () => {
    expect(outcome({ policy: limit({}), facts: { spends: [used({ amount: text("400") })] } })).toMatchObject({
      verdict: "allowed",
    });
    expect(
      outcome({ policy: limit({}), facts: { spends: [used({ amount: (gld("400") + 1n).toString() })] } }),
    ).toMatchObject(full);
  });

  it("forgets a spend exactly when its window has passed, and counts one that lies ahead", () => {
    expect(outcome({ policy: limit({}), facts: { spends: [used({ at: now - day + 1 })] } })).toMatchObject(full);
    expect(outcome({ policy: limit({}), facts: { spends: [used({ at: now - day })] } })).toMatchObject({
      verdict: "allowed",
    });
    expect(outcome({ policy: limit({}), facts: { spends: [used({ at: now + 50 })] } })).toMatchObject(full);
  });

  it("says what is used, asked and allowed, and when there is room again", () => {
    const spends = [used({ amount: text("300"), at: now - 7_200 }), used({ amount: text("150"), at: now - 3_600 })];
    expect(clause(decideWith({ policy: limit({}), facts: { spends } }), "limit.l")).toEqual({
      id: "limit.l",
      kind: "limit",
      ok: false,
      curable: true,
      observed: "450 GLD used, 100 GLD asked; room from 2027-01-16T06:00:00Z",
      bound: "500 GLD in 1d",
    });
  });

  it("refuses what never fits, since no wait cures it", () => {
    expect(outcome({ policy: limit({ max: "99 GLD" }) })).toEqual({
      verdict: "refused",
      code: "policy.limit-exceeded",
      failing: ["limit.l"],
    });
    expect(clause(decideWith({ policy: limit({ max: "99 GLD" }) }), "limit.l").observed).toBe(
      "0 GLD used, 100 GLD asked; more than the whole",
    );
  });

  it("counts other operations and other assets elsewhere", () => {
    for (const fields of [{ operation: "redeem" }, { asset: "SLV" }]) {
      expect(outcome({ policy: limit({}), facts: { spends: [used(fields)] } })).toMatchObject({ verdict: "allowed" });
    }
    expect(
      outcome({ policy: limit({ when: undefined }), facts: { spends: [used({ operation: "redeem" })] } }),
    ).toMatchObject(full);
  });

  it.each([
    ["initiator", { initiator: "ivan" }],
    ["to", { to: stranger }],
    ["account", { account: stranger }],
  ])("per %s counts only the same %s", (per, other) => {
    const policy = limit({ per });
    expect(outcome({ policy, facts: { spends: [used()] } })).toMatchObject(full);
    expect(outcome({ policy, facts: { spends: [used(other)] } })).toMatchObject({ verdict: "allowed" });
    expect(clause(decideWith({ policy }), "limit.l").bound).toBe(`500 GLD per ${per} in 1d`);
  });

  it("never stands in the way of a pause", () => {
    const intent = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
    const bend = {
      policy: limit({ when: undefined, max: "0 GLD" }),
      intent,
      initiator: "otto",
      facts: { votes: [vote("olga")], spends: [used()] },
    };
    expect(outcome(bend)).toMatchObject({ verdict: "allowed" });
    expect(key.account).not.toBe(stranger);
  });
});
