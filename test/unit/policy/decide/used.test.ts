/** What the facts say is used, in either form, and the words of a full limit. */
import { describe, expect, it } from "vitest";
import { byRequests, usedOf } from "../../../../src/policy/decide/used.ts";
import type { UsageQuestion } from "../../../../src/policy/decide/usage.ts";
import { amount, ceiling, limitedTo, used } from "../used-example.ts";
import { clause, day, decideWith, ether, factsWith, gld, now, outcome, spend } from "../example.ts";

const full = { verdict: "pending", code: "policy.limit-exceeded" };

describe("a limit on counted facts", () => {
  it("is full one unit above its maximum", () => {
    expect(outcome(limitedTo("500 GLD", { added: amount("400") }))).toMatchObject({ verdict: "allowed" });
    expect(outcome(limitedTo("500 GLD", { added: (gld("400") + 1n).toString(), roomAt: now + 1 }))).toMatchObject(full);
  });

  it("says by how many requests it is used, and when there is room", () => {
    const bend = limitedTo("5000 GLD", { added: amount("4950"), count: 3, roomAt: now + 3_600 });
    expect(clause(decideWith(bend), "limit.l")).toEqual({
      id: "limit.l",
      kind: "limit",
      ok: false,
      curable: true,
      observed: "4,950 GLD used by 3 requests, 100 GLD asked; room from 2027-01-15T09:00:00Z",
      bound: "5,000 GLD in 1d",
    });
    const one = limitedTo("5000 GLD", { added: amount("1"), count: 1 });
    expect(clause(decideWith(one), "limit.l").observed).toBe("1 GLD used by 1 request, 100 GLD asked");
  });

  it("says nothing of room that nobody named", () => {
    const bend = limitedTo("5000 GLD", { added: amount("4950"), count: 3 });
    expect(clause(decideWith(bend), "limit.l").observed).toBe("4,950 GLD used by 3 requests, 100 GLD asked");
  });

  it("says nothing of room where there is room, to the last unit", () => {
    const said = (max: string, added: string): string =>
      clause(decideWith(limitedTo(max, { added: amount(added), count: 1, roomAt: now + 60 })), "limit.l").observed;
    expect(said("5000 GLD", "4900")).toBe("4,900 GLD used by 1 request, 100 GLD asked");
    expect(said("5000 GLD", "4901")).toMatch(/; room from 2027-01-15T08:01:00Z$/);
    // What is asked fits the whole, only not now.
    expect(said("100 GLD", "1")).toMatch(/; room from 2027-01-15T08:01:00Z$/);
  });

  it("refuses what never fits, since no wait cures it", () => {
    expect(outcome(limitedTo("99 GLD", {}))).toMatchObject({ verdict: "refused", code: "policy.limit-exceeded" });
    expect(clause(decideWith(limitedTo("99 GLD", {})), "limit.l").observed).toBe(
      "0 GLD used by 0 requests, 100 GLD asked; more than the whole",
    );
  });

  it("counts sums that no 256 bits hold", () => {
    const bend = limitedTo("5000 GLD", { added: (1n << 300n).toString(), count: 40, roomAt: now + 9 });
    expect(outcome(bend)).toMatchObject(full);
    expect(clause(decideWith(bend), "limit.l").observed).toMatch(/^more than .* GLD used by 40 requests/);
  });

  it("reads the count where both forms are there", () => {
    const bend = limitedTo("500 GLD", {});
    const facts = { ...bend.facts, spends: [spend({ amount: amount("500") })] };
    expect(outcome({ ...bend, facts })).toMatchObject({ verdict: "allowed" });
  });
});

describe("a ceiling on counted facts", () => {
  it("bounds the day and the fees to the last unit", () => {
    const bounded = { ceilings: { day: gld("300") }, bounds: { feesPerDayWei: ether("0.02") } };
    const facts = (day: bigint, fees: bigint): { facts: Readonly<Record<string, unknown>> } =>
      ceiling({
        "ceiling.day": used({ added: day.toString(), count: 2, roomAt: day > gld("200") ? now + 5 : null }),
        "ceiling.fees": used({ added: fees.toString(), count: 2, roomAt: fees > ether("0.01") ? now + 5 : null }),
      });
    expect(outcome({ ...bounded, ...facts(gld("200"), ether("0.01")) })).toMatchObject({ verdict: "allowed" });
    const over = decideWith({ ...bounded, ...facts(gld("200") + 1n, ether("0.01") + 1n) });
    expect(over.clauses.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(["ceiling.day", "ceiling.fees"]);
    expect(clause(over, "ceiling.fees").observed).toBe(
      "0.010000000000000001 ETH used by 2 requests, 0.01 ETH asked; room from 2027-01-15T08:00:05Z",
    );
  });

  it("takes the share of the supply from what was minted", () => {
    const share = (added: bigint): ReturnType<typeof outcome> =>
      outcome({
        ceilings: { shareOfSupplyMillionths: 200_000n },
        ...ceiling({ "ceiling.share": used({ added: added.toString() }) }),
      });
    expect(share(gld("100"))).toMatchObject({ verdict: "allowed" });
    expect(share(gld("100") + 1n)).toMatchObject({ code: "policy.ceiling-share", failing: ["ceiling.share"] });
  });
});

it("requests are told only where they were counted", () => {
  expect(byRequests({ count: undefined, added: 5n })).toBe("");
  expect(byRequests({ count: 0, added: 5n })).toBe("");
  expect(byRequests({ count: 0, added: 0n })).toBe(" by 0 requests");
  expect(byRequests({ count: 2, added: 0n })).toBe(" by 2 requests");
});

it("room is nobody's word where no maximum is known", () => {
  const usage = { "limit.l": used({ added: "7", count: 1, roomAt: now + 60 }) };
  const question = { key: "limit.l", metric: "sum", asked: 1n, max: undefined } as UsageQuestion;
  expect(usedOf(factsWith({ spends: undefined, usage }), question)).toMatchObject({ level: 7n, room: "" });
});

it("spends of 0.1.0 answer for rolling sums alone", () => {
  const facts = factsWith({ spends: [spend()] });
  const question: UsageQuestion = {
    key: "limit.l",
    metric: "sum",
    added: { kind: "amounts", asset: "GLD", operations: ["mint"], per: "asset", of: "GLD" },
    removed: undefined,
    since: now - day,
    ends: { kind: "rolling", seconds: day },
    asked: 1n,
    max: gld("100"),
  };
  expect(usedOf(facts, question)).toMatchObject({
    level: gld("100"),
    count: undefined,
    room: "; room from 2027-01-16T07:00:00Z",
  });
  expect(usedOf(facts, { ...question, max: undefined })).toMatchObject({ room: "" });
  expect(usedOf(facts, { ...question, metric: "count" })).toBeUndefined();
  expect(usedOf(facts, { ...question, metric: "net" })).toBeUndefined();
  expect(usedOf(facts, { ...question, ends: { kind: "calendar", at: now as never } })).toBeUndefined();
});
