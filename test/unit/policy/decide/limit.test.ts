/** Rolling limits: what counts together, until when, and when there is room again. */
import { describe, expect, it } from "vitest";
import { judgeLimits } from "../../../../src/policy/decide/limit.ts";
import { wantedUsage } from "../../../../src/policy/decide/usage.ts";
import {
  clause,
  day,
  decideWith,
  gld,
  inputWith,
  key,
  now,
  outcome,
  spend,
  stranger,
  vote,
  type Bend,
} from "../example.ts";
import { ceiling, limitedTo } from "../used-example.ts";

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

describe("a limit by number", () => {
  const often = (max: number, count: number, roomAt: number | null = null): Bend =>
    limitedTo(max, { count, roomAt }, { metric: "count", per: "to" });

  it("is full one request above its maximum", () => {
    expect(outcome(often(3, 2))).toMatchObject({ verdict: "allowed" });
    expect(outcome(often(3, 3, now + 60))).toMatchObject(full);
    expect(clause(decideWith(often(3, 3, now + 60)), "limit.l")).toMatchObject({
      observed: "3 requests so far, 1 asked; room from 2027-01-15T08:01:00Z",
      bound: "3 requests per to in 1d",
    });
    expect(clause(decideWith(often(1, 0)), "limit.l").bound).toBe("1 request per to in 1d");
  });

  it("counts a pause that it names", () => {
    const intent = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
    const pauses = (count: number): Bend => ({
      ...limitedTo(
        2,
        { count, roomAt: count < 2 ? null : now + 60 },
        { metric: "count", when: { operation: "pause" } },
      ),
      intent,
      initiator: "otto",
    });
    const votes = [vote("olga")];
    const asked = (count: number) => outcome({ ...pauses(count), facts: { ...pauses(count).facts, votes } });
    expect(asked(1)).toMatchObject({ verdict: "allowed" });
    expect(asked(2)).toMatchObject(full);
  });
});

describe("a net limit", () => {
  const net = (added: string, removed: string, more: Bend = {}): Bend => ({
    ...limitedTo(
      "500 GLD",
      { added: text(added), removed: text(removed), count: 2, roomAt: null },
      { metric: "net", when: undefined },
    ),
    ...more,
  });

  it("takes off what was burned", () => {
    expect(outcome(net("900", "500"))).toMatchObject({ verdict: "allowed" });
    expect(outcome(net("900", "499"))).toMatchObject(full);
    expect(clause(decideWith(net("900", "500")), "limit.l")).toMatchObject({
      observed: "900 GLD minted by 2 requests, 500 GLD burned, 100 GLD asked",
      bound: "500 GLD net in 1d",
    });
  });

  it("asks nothing of a redemption, however full it is", () => {
    const intent = { operation: "redeem", to: `0x${"00".repeat(20)}` };
    const redeem = decideWith(net("900", "0", { intent }));
    expect(clause(redeem, "limit.l")).toMatchObject({ ok: true, observed: "a redeem asks nothing of it" });
    const missing = net("900", "0", { intent, facts: ceiling().facts });
    expect(clause(decideWith(missing), "limit.l").ok).toBe(true);
  });
});

describe("a calendar limit", () => {
  const calendar = { until: now + 400 * day, offsets: [{ from: now - 400 * day, seconds: 3_600 }] };
  const month = (policyCalendar: unknown): Bend => {
    const bend = limitedTo("500 GLD", { added: text("450"), roomAt: now + day }, { window: "calendar month" });
    return { ...bend, policy: { ...bend.policy, timezone: "Europe/Zurich", calendar: policyCalendar } };
  };
  const question = (bend: Bend): unknown =>
    wantedUsage(inputWith(bend), now as never).find(({ key: name }) => name === "limit.l");

  it("counts from the local beginning of the month to its end", () => {
    // 2027-01-15 in a zone one hour before UTC.
    expect(question(month(calendar))).toMatchObject({
      since: Date.UTC(2026, 11, 31, 23) / 1_000 - 1,
      ends: { kind: "calendar", at: Date.UTC(2027, 0, 31, 23) / 1_000 },
    });
    expect(clause(decideWith(month(calendar)), "limit.l")).toMatchObject({
      ok: false,
      bound: "500 GLD in a calendar month",
    });
  });

  it("is nobody's to count where no local time is known", () => {
    const over = { until: now, offsets: calendar.offsets };
    expect(question(month(over))).toBeUndefined();
    expect(clause(decideWith(month(over)), "limit.l")).toMatchObject({
      ok: false,
      curable: true,
      observed: "nobody counted its use",
    });
  });

  it("ends when nobody knows where the calendar ends", () => {
    const short = { until: now + day, offsets: calendar.offsets };
    expect(question(month(short))).toMatchObject({ ends: { kind: "calendar", at: undefined } });
  });
});

describe("a limit that demands more instead of denying", () => {
  const adds = (answer: Parameters<typeof limitedTo>[1]): Bend =>
    limitedTo("500 GLD", answer, { over: { add: { quorum: { group: "officers", min: 1 } } } });
  const ids = (bend: Bend): string[] => judgeLimits(inputWith(bend)).added.map(({ id }) => id);

  it("does so beyond its maximum, and where nobody counted", () => {
    expect(ids(adds({ added: text("400") }))).toEqual([]);
    expect(ids(adds({ added: text("401"), roomAt: now + 9 }))).toEqual(["limit.l"]);
    expect(ids({ ...adds({}), facts: { ...ceiling().facts } })).toEqual(["limit.l"]);
    expect(ids(limitedTo("500 GLD", { added: text("401") }))).toEqual([]);
  });

  it("denies nothing by itself", () => {
    const over = adds({ added: text("401"), count: 2, roomAt: now + 9 });
    expect(clause(decideWith(over), "limit.l")).toMatchObject({
      ok: true,
      observed: "401 GLD used by 2 requests, 100 GLD asked; room from 2027-01-15T08:00:09Z",
      bound: "500 GLD in 1d; beyond it adds 1 of officers",
    });
  });
});

describe("the judgement of a limit", () => {
  const judged = (bend: Bend): unknown => judgeLimits(inputWith(bend)).judgements;
  const clauseOfL = { id: "limit.l", kind: "limit", code: "policy.limit-exceeded", ok: true, curable: true };
  const missing = { code: "policy.evidence-missing", observed: "nobody counted its use" };
  const adding = { over: { add: { delay: "1h" } } };

  it("says within it, at it and beyond it what there is", () => {
    const told = (answer: Parameters<typeof limitedTo>[1], fields: object = {}): unknown =>
      judged(limitedTo("500 GLD", answer, { ...fields }));
    const bound = "500 GLD in 1d";
    const at = { observed: "400 GLD used by 3 requests, 100 GLD asked", bound };
    expect(told({ added: text("400"), count: 3 })).toEqual([{ ...clauseOfL, ...at }]);
    const beyond = { observed: "401 GLD used by 3 requests, 100 GLD asked; room from 2027-01-15T08:00:09Z", bound };
    const full = { added: text("401"), count: 3, roomAt: now + 9 };
    expect(told(full)).toEqual([{ ...clauseOfL, ...beyond, ok: false }]);
    expect(told(full, adding)).toEqual([
      { ...clauseOfL, ...beyond, bound: "500 GLD in 1d; beyond it adds a wait of 1h" },
    ]);
    expect(judged(limitedTo("99 GLD", {}))).toEqual([
      {
        ...clauseOfL,
        ok: false,
        curable: false,
        observed: "0 GLD used by 0 requests, 100 GLD asked; more than the whole",
        bound: "99 GLD in 1d",
      },
    ]);
  });

  it("says of what does not apply, asks nothing, or nobody counted that it is so", () => {
    const spared = limitedTo("1 GLD", {}, { when: { operation: "mint", amount: { gt: "100 GLD" } } });
    expect(judged(spared)).toEqual([{ ...clauseOfL, observed: "does not apply: 100 GLD", bound: "1 GLD in 1d" }]);
    const burn = { intent: { operation: "burn", to: `0x${"00".repeat(20)}` } };
    expect(judged({ ...limitedTo("1 GLD", {}, { metric: "net", when: undefined }), ...burn })).toEqual([
      { ...clauseOfL, observed: "a burn asks nothing of it", bound: "1 GLD net in 1d" },
    ]);
    expect(judged({ ...limitedTo("1 GLD", {}), ...ceiling() })).toEqual([
      { ...clauseOfL, ...missing, ok: false, bound: "1 GLD in 1d" },
    ]);
    expect(judged({ ...limitedTo("1 GLD", {}, adding), ...ceiling() })).toEqual([
      { ...clauseOfL, ...missing, bound: "1 GLD in 1d; beyond it adds a wait of 1h" },
    ]);
  });
});

describe("a limit on some of an operation", () => {
  const calendar = { until: now + 300 * day, offsets: [{ from: now - 100 * day, seconds: 3_600 }] };
  const partners = { operation: "mint", amount: { gt: "100 GLD" } };

  it("says that it does not apply to the others, and stops none of them", () => {
    const bend = limitedTo("1 GLD", { added: text("1") }, { when: partners });
    expect(clause(decideWith(bend), "limit.l")).toMatchObject({ ok: true, observed: "does not apply: 100 GLD" });
    expect(outcome(bend).failing).toEqual([]);
  });

  it("applies where its condition holds, and where nobody knows whether it does", () => {
    const over = { intent: { amount: (gld("100") + 1n).toString() } };
    expect(outcome({ ...limitedTo("1 GLD", { added: "0" }, { when: partners }), ...over }).failing).toContain(
      "limit.l",
    );
    const hours = { operation: "mint", time: { from: "18:00" } };
    const timed = limitedTo("1 GLD", { added: text("1"), roomAt: now + 9 }, { when: hours });
    const policy = { ...timed.policy, calendar };
    expect(outcome({ ...timed, policy }).failing).toEqual([]);
    const ended = { ...timed, policy, facts: { ...timed.facts, now: calendar.until } };
    expect(outcome(ended).failing).toContain("limit.l");
  });
});
