/** What observers saw of the token: the code it must have, and how old a sight may be. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../../src/evidence/subject.ts";
import { judgeObserved, observedSupply, tokenFact } from "../../../../src/policy/decide/observed.ts";
import {
  clause,
  decideWith,
  document,
  gld,
  idOf,
  inputWith,
  key,
  now,
  observation,
  observed,
  outcome,
} from "../example.ts";

const allowed = { verdict: "allowed" };
const without = (fact: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(observed).filter(([key]) => !key.endsWith(` ${fact}`)));
const implementation = `0x${"22".repeat(20)}`;
const proxy = { token: { ...document.token, implementation } };

describe("the code", () => {
  it("is refused for ever when it is another, and waited for when nobody saw it", () => {
    const other = { ...observed, ...observation("codehash", idOf("other")) };
    expect(outcome({ facts: { observed: other } })).toEqual({
      verdict: "refused",
      code: "policy.code-changed",
      failing: ["token.codehash"],
    });
    expect(outcome({ facts: { observed: without("codehash") } })).toEqual({
      verdict: "pending",
      code: "policy.evidence-missing",
      failing: ["token.codehash", "token.freshness"],
    });
  });

  it("of a proxy is also the pinned implementation", () => {
    const seen = (value: string): Record<string, unknown> => ({ ...observed, ...observation("implementation", value) });
    expect(outcome({ policy: proxy, facts: { observed: seen(implementation) } })).toMatchObject(allowed);
    expect(outcome({ policy: proxy, facts: { observed: seen(`0x${"33".repeat(20)}`) } })).toMatchObject({
      verdict: "refused",
      code: "policy.code-changed",
      failing: ["token.implementation"],
    });
    expect(outcome({ policy: proxy })).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
  });

  it("shows what was seen at which block, or that nobody saw it", () => {
    const code = { id: "token.codehash", kind: "evidence", bound: document.token.codehash };
    expect(clause(decideWith(), "token.codehash")).toEqual({
      ...code,
      ok: true,
      curable: false,
      observed: `${document.token.codehash} at block 77`,
    });
    expect(clause(decideWith({ facts: { observed: without("codehash") } }), "token.codehash")).toEqual({
      ...code,
      ok: false,
      curable: true,
      observed: "not observed",
    });
  });
});

describe("a pause", () => {
  it.each(["mint", "transfer", "redeem", "burn"])("of the token holds a %s", (operation) => {
    const to = operation === "mint" || operation === "transfer" ? {} : { to: `0x${"00".repeat(20)}` };
    const paused = { ...observed, ...observation("paused", "true") };
    expect(outcome({ intent: { operation, ...to }, facts: { observed: paused } })).toEqual({
      verdict: "pending",
      code: "policy.paused",
      failing: ["token.paused"],
    });
  });

  it("is told with its block, and that nobody saw whether there is one", () => {
    const told = (seen: Record<string, unknown>): unknown =>
      clause(decideWith({ facts: { observed: seen } }), "token.paused");
    const paused = { id: "token.paused", kind: "evidence", curable: true, bound: "paused is false" };
    expect(told(observed)).toEqual({ ...paused, ok: true, observed: "paused is false at block 77" });
    const stopped = { ...observed, ...observation("paused", "true") };
    expect(told(stopped)).toEqual({ ...paused, ok: false, observed: "paused is true at block 77" });
    expect(told(without("paused"))).toEqual({ ...paused, ok: false, observed: "not observed" });
  });

  it("that nobody saw, or that is neither true nor false, is not `false`", () => {
    for (const seen of [without("paused"), { ...observed, ...observation("paused", "FALSE") }]) {
      expect(outcome({ facts: { observed: seen } })).toMatchObject({
        verdict: "pending",
        code: "policy.evidence-missing",
      });
    }
  });
});

describe("freshness", () => {
  const at = (blockTime: number): Record<string, unknown> => ({
    ...observed,
    ...observation("supply", gld("1000").toString(), { blockTime: blockTime as never }),
  });
  const stale = { verdict: "pending", code: "policy.freshness", failing: ["token.freshness"] };

  it("ends after as many seconds as the chain allows", () => {
    expect(outcome({ facts: { observed: at(now - 120) } })).toMatchObject(allowed);
    expect(outcome({ facts: { observed: at(now - 121) } })).toEqual(stale);
  });

  it("is that of the oldest fact used: none can be held back", () => {
    expect(clause(decideWith({ facts: { observed: at(now - 121) } }), "token.freshness").observed).toMatch(
      /^121s from /,
    );
  });

  it("is told in seconds from now, and that of nothing is missing", () => {
    const told = (seen: Record<string, unknown>): unknown =>
      clause(decideWith({ facts: { observed: seen } }), "token.freshness");
    const fresh = { id: "token.freshness", kind: "evidence", curable: true, bound: "at most 2m" };
    expect(told(observed)).toEqual({ ...fresh, ok: true, observed: "5s from 2027-01-15T08:00:00Z" });
    expect(told(at(now - 121))).toEqual({ ...fresh, ok: false, observed: "121s from 2027-01-15T08:00:00Z" });
    for (const fact of ["codehash", "paused", "supply"])
      expect(told(without(fact))).toEqual({ ...fresh, ok: false, observed: "an observation is missing" });
    const codeOf = (seen: Record<string, unknown>): unknown =>
      judgeObserved(inputWith({ facts: { observed: seen } })).find(({ id }) => id === "token.freshness")?.code;
    expect([codeOf(at(now - 121)), codeOf(without("supply"))]).toEqual(["policy.freshness", "policy.evidence-missing"]);
  });

  it("is no greater for a block of the future", () => {
    expect(outcome({ facts: { observed: at(now + 120) } })).toMatchObject(allowed);
    expect(outcome({ facts: { observed: at(now + 121) } })).toEqual(stale);
  });

  it("is that of the account's nonce too, which nobody need have seen", () => {
    const about = subject.account(key.account);
    const nonce = (age: number): Record<string, unknown> => {
      const [seen] = Object.values(observation("supply", "7", { blockTime: (now - age) as never }));
      return { ...observed, [subject.factKey(about, "nonce")]: { ...seen, subject: about, fact: "nonce" } };
    };
    expect(outcome({ facts: { observed: nonce(120) } })).toMatchObject(allowed);
    expect(outcome({ facts: { observed: nonce(121) } })).toEqual(stale);
    expect(outcome()).toMatchObject(allowed);
  });

  it("asks nothing of a fact that is not used", () => {
    expect(outcome({ intent: { operation: "transfer" }, facts: { observed: at(now - 5_000) } })).toMatchObject(allowed);
    const share = { shareOfSupplyMillionths: 500_000n };
    const old = { facts: { observed: at(now - 5_000) } };
    expect(outcome({ ...old, intent: { operation: "transfer" }, ceilings: share })).toMatchObject(allowed);
    const adds = { guards: [{ id: "g", when: { operation: "mint" }, add: { delay: "1m" } }] };
    expect(outcome({ ...old, policy: adds })).toMatchObject(allowed);
    expect(outcome({ ...old, policy: adds, ceilings: share })).toEqual(stale);
  });
});

it("a supply is a whole number of base units or no fact", () => {
  const supply = (value: string): unknown =>
    observedSupply(inputWith({ facts: { observed: observation("supply", value) } }));
  expect(supply("12")).toBe(12n);
  expect(["", "1.0", "0x1", "1e3", "-1"].map(supply)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(observedSupply(inputWith({ facts: { observed: {} } }))).toBeUndefined();
  expect(tokenFact(inputWith(), "nonce")).toBeUndefined();
});
