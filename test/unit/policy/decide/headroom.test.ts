/** Hard ceilings at their edges. */
import { describe, expect, it } from "vitest";
import {
  clause,
  day,
  decideWith,
  ether,
  gld,
  now,
  observation,
  observed,
  outcome,
  spend,
  stranger,
  vote,
  type Bend,
} from "../example.ts";

const text = (value: string): string => gld(value).toString();
const allowed = { verdict: "allowed" };

describe("hard ceilings", () => {
  it("refuse a request above the largest, not one that is equal", () => {
    expect(outcome({ ceilings: { request: gld("100") } })).toMatchObject(allowed);
    expect(outcome({ ceilings: { request: (gld("100") - 1n) as never } })).toEqual({
      verdict: "refused",
      code: "policy.ceiling-request",
      failing: ["ceiling.request"],
    });
  });

  it("add up everything that moved in a day, whatever the operation", () => {
    const spends = [spend({ operation: "transfer" }), spend({ operation: "redeem", at: now - day + 1 })];
    expect(outcome({ ceilings: { day: gld("300") }, facts: { spends } })).toMatchObject(allowed);
    expect(outcome({ ceilings: { day: (gld("300") - 1n) as never }, facts: { spends } })).toEqual({
      verdict: "pending",
      code: "policy.ceiling-day",
      failing: ["ceiling.day"],
    });
    expect(
      outcome({
        ceilings: { day: gld("100") },
        facts: { spends: [spend({ at: now - day }), spend({ asset: "SLV" })] },
      }),
    ).toMatchObject(allowed);
    expect(outcome({ ceilings: { day: gld("99") } })).toMatchObject({ verdict: "refused", code: "policy.ceiling-day" });
  });

  it("bound mints by a share of the observed supply", () => {
    const share = { shareOfSupplyMillionths: 150_000n };
    const facts = { spends: [spend({ amount: text("50") }), spend({ operation: "transfer" })] };
    expect(outcome({ ceilings: share, facts })).toMatchObject(allowed);
    expect(outcome({ ceilings: { shareOfSupplyMillionths: 149_999n }, facts })).toEqual({
      verdict: "pending",
      code: "policy.ceiling-share",
      failing: ["ceiling.share"],
    });
    expect(clause(decideWith({ ceilings: share, facts }), "ceiling.share")).toMatchObject({
      observed: "150 GLD minted with this, supply 1,000 GLD",
      bound: "at most 150 GLD in 1d",
    });
  });

  it("bound no first mint by a share of nothing, and no transfer", () => {
    const empty = { ...observed, ...observation("supply", "0") };
    expect(outcome({ ceilings: { shareOfSupplyMillionths: 1n }, facts: { observed: empty } })).toMatchObject(allowed);
    expect(outcome({ ceilings: { shareOfSupplyMillionths: 1n }, intent: { operation: "transfer" } })).toMatchObject(
      allowed,
    );
  });

  it("bound a second mint by the share although the supply does not show the first yet", () => {
    const empty = { ...observed, ...observation("supply", "0") };
    const second = (facts: object): unknown =>
      outcome({ ceilings: { shareOfSupplyMillionths: 500_000n }, facts: { observed: empty, ...facts } });
    const waits = { verdict: "pending", code: "policy.ceiling-share", failing: ["ceiling.share"] };
    expect(second({ spends: [spend({ amount: "1" })] })).toEqual(waits);
    expect(second({ outstanding: "1" })).toEqual(waits);
    expect(second({ spends: [spend({ amount: "0" }), spend({ operation: "redeem" })] })).toMatchObject(allowed);
  });

  it("wait for a supply that a share is taken of", () => {
    const unseen = Object.fromEntries(Object.entries(observed).filter(([key]) => !key.endsWith(" supply")));
    expect(
      outcome({ policy: { guards: [] }, ceilings: { shareOfSupplyMillionths: 500_000n }, facts: { observed: unseen } }),
    ).toEqual({
      verdict: "pending",
      code: "policy.evidence-missing",
      failing: ["ceiling.share", "token.freshness"],
    });
  });

  it("bound what an account pays for gas in a day, over all its assets", () => {
    const spends = [spend({ asset: "SLV" }), spend({ account: stranger })];
    expect(outcome({ bounds: { feesPerDayWei: ether("0.02") }, facts: { spends } })).toMatchObject(allowed);
    expect(outcome({ bounds: { feesPerDayWei: ether("0.019") }, facts: { spends } })).toEqual({
      verdict: "pending",
      code: "policy.ceiling-fees",
      failing: ["ceiling.fees"],
    });
    expect(outcome({ bounds: { feesPerDayWei: ether("0.009") } })).toMatchObject({
      verdict: "refused",
      code: "policy.ceiling-fees",
    });
  });

  it("are told with what is used, asked and left", () => {
    const told = (bend: Bend): unknown => decideWith(bend).clauses.filter(({ id }) => id.startsWith("ceiling."));
    const ceiling = { kind: "ceiling", ok: true, curable: true };
    const facts = { spends: [spend({ amount: text("50") }), spend({ operation: "transfer", at: now - 60 })] };
    expect(told({ facts, ceilings: { shareOfSupplyMillionths: 200_000n } })).toEqual([
      {
        ...ceiling,
        id: "ceiling.request",
        curable: false,
        observed: "100 GLD",
        bound: "at most 100,000 GLD in one request",
      },
      { ...ceiling, id: "ceiling.day", observed: "150 GLD used, 100 GLD asked", bound: "at most 1,000,000 GLD in 1d" },
      {
        ...ceiling,
        id: "ceiling.share",
        observed: "150 GLD minted with this, supply 1,000 GLD",
        bound: "at most 200 GLD in 1d",
      },
      { ...ceiling, id: "ceiling.fees", observed: "0.02 ETH used, 0.01 ETH asked", bound: "at most 1 ETH in 1d" },
    ]);
    const full = told({
      facts,
      ceilings: { request: gld("1"), day: gld("200") },
      bounds: { feesPerDayWei: ether("0.02") },
    });
    expect(full).toEqual([
      {
        ...ceiling,
        id: "ceiling.request",
        ok: false,
        curable: false,
        observed: "100 GLD",
        bound: "at most 1 GLD in one request",
      },
      {
        ...ceiling,
        id: "ceiling.day",
        ok: false,
        observed: "150 GLD used, 100 GLD asked; room from 2027-01-16T07:00:00Z",
        bound: "at most 200 GLD in 1d",
      },
      {
        ...ceiling,
        id: "ceiling.fees",
        ok: false,
        observed: "0.02 ETH used, 0.01 ETH asked; room from 2027-01-16T07:00:00Z",
        bound: "at most 0.02 ETH in 1d",
      },
    ]);
  });

  it("are told to be unknown where nobody counted, or observed a supply", () => {
    const told = (bend: Bend): unknown => {
      const { clauses } = decideWith({ ...bend, ceilings: { shareOfSupplyMillionths: 200_000n } });
      return clauses.filter(({ id }) => id.startsWith("ceiling.") && id !== "ceiling.request");
    };
    const ceiling = { kind: "ceiling", ok: false, curable: true };
    const uncounted = { ...ceiling, observed: "nobody counted its use" };
    expect(told({ facts: { spends: undefined, usage: {} } })).toEqual([
      { ...uncounted, id: "ceiling.day", bound: "at most 1,000,000 GLD in 1d" },
      { ...uncounted, id: "ceiling.share", bound: "at most 200 GLD in 1d" },
      { ...uncounted, id: "ceiling.fees", bound: "at most 1 ETH in 1d" },
    ]);
    const unseen = Object.fromEntries(Object.entries(observed).filter(([key]) => !key.endsWith(" supply")));
    expect(told({ facts: { observed: unseen } })).toContainEqual({
      ...ceiling,
      id: "ceiling.share",
      observed: "supply not observed",
      bound: "a share of the supply",
    });
  });

  it("ask of a pause only what it costs", () => {
    const intent = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
    const decision = decideWith({
      intent,
      initiator: "otto",
      facts: { votes: [vote("olga")] },
      ceilings: { request: gld("0"), day: gld("0") },
    });
    expect(decision.verdict).toBe("allowed");
    expect(decision.clauses.filter((one) => one.kind === "ceiling").map((one) => one.id)).toEqual([
      "intent.lifetime",
      "ceiling.fees",
    ]);
  });
});
