/** A raise of a multiplier, clause by clause, at the edge of each; and what grows with one that is announced. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiplierText, readMultiplier } from "../../../../src/evidence/multiplier.ts";
import * as subject from "../../../../src/evidence/subject.ts";
import { settingChanges } from "../../../../src/policy/analyse/settings.ts";
import { changeClass } from "../../../../src/policy/change/change-class.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { destined } from "../../../../src/policy/decide/destination.ts";
import { growthOf, raised } from "../../../../src/policy/decide/multiplier.ts";
import type { Decision } from "../../../../src/policy/decision.ts";
import { readPolicyDocument } from "../../../../src/policy/document/document.ts";
import { fromBigInt } from "../../../../src/values/amount.ts";
import { parse as parseInstant } from "../../../../src/values/instant.ts";
import { parse as multiplierOf } from "../../../../src/values/multiplier.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goodSights, raise, tokenOf } from "../../../place/profiles.ts";
import {
  day,
  decideWith,
  document,
  gld,
  inputWith,
  mintRule,
  now,
  observation,
  observed,
  reserve,
  rosterIndex,
  type Bend,
} from "../example.ts";

const token = { ...tokenOf("backed-token", document.token), multiplier: { rise: "0.005", ahead: "7d", late: "1h" } };
const about = subject.token(document.token.address);
const zero = `0x${"00".repeat(20)}`;
const issuing = { operation: { in: ["mint", "raiseMultiplier"] } };
const rules = ["mint", "raiseMultiplier"].map((operation) => ({
  ...mintRule(),
  id: operation.toLowerCase(),
  when: { operation, initiator: { group: "issuers" } },
}));
const reserves = { ...document.guards![0]!, when: issuing };
const policy = { token, rules, guards: [reserves], limits: [] };
const asked = { operation: "raiseMultiplier", to: zero, ...raise, activationTime: now + day };

type World = {
  readonly shares?: { current?: string; nonce?: bigint; announced?: string };
  readonly facts?: object;
};

function bendOf(intent: Readonly<Record<string, unknown>>, { shares = {}, facts = {} }: World = {}): Bend {
  const { current = "1", nonce = 3n, announced } = shares;
  const next =
    announced === undefined
      ? null
      : { multiplier: multiplierOf(announced), activationTime: fromBigInt(BigInt(now + 60)) };
  const value = multiplierText({ current: multiplierOf(current), nonce: fromBigInt(nonce), announced: next });
  const input = inputWith({ policy, intent });
  const seen = goodSights(input.policy, input.intent).map((one) => [
    subject.factKey(one.subject, one.fact),
    {
      ...{ ...one, value: one.fact === "multiplier" ? value : one.value },
      ...{ blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
    },
  ]);
  return {
    policy,
    intent,
    facts: { observed: { ...observed, ...Object.fromEntries(seen) }, rounds: { [about]: "3" }, ...facts },
  };
}

const decided = (change: Readonly<Record<string, unknown>> = {}, world: World = {}): Decision =>
  decideWith(bendOf({ ...asked, ...change }, world));
const minted = (amount: bigint, world: World = {}): Decision =>
  decideWith(bendOf({ operation: "mint", amount: amount.toString() }, world));
const failing = ({ clauses }: Decision): readonly string[] => clauses.filter(({ ok }) => !ok).map(({ id }) => id);
const observedIn = ({ clauses }: Decision, id: string): string => clauses.find((one) => one.id === id)?.observed ?? "";

describe("a raise", () => {
  it("is allowed within every bound, and says what it comes to", () => {
    const decision = decided();
    expect(decision.verdict).toBe("allowed");
    expect(observedIn(decision, "intent.newMultiplier")).toBe("+0.42 %");
    expect(observedIn(decision, "intent.amount")).toBe("adds 4.200000000000000001 GLD");
    expect(observedIn(decision, "token.multiplier")).toBe("multiplier is 1 at block 77");
  });

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["by exactly the cap", { newMultiplier: "1005000000000000000" }, []],
    ["by one unit more", { newMultiplier: "1005000000000000001" }, ["intent.newMultiplier"]],
    ["as long past as it may be", { activationTime: now - 3_600 }, []],
    ["a second longer past", { activationTime: now - 3_601 }, ["intent.activationTime"]],
    ["as far ahead as it may be", { activationTime: now + 7 * day }, []],
    ["a second further ahead", { activationTime: now + 7 * day + 1 }, ["intent.activationTime"]],
    ["for exactly what it may add", { amount: "4200000000000000001" }, []],
    ["for one unit less", { amount: "4200000000000000000" }, ["intent.amount"]],
    ["from one unit more", { oldMultiplier: "1000000000000000001" }, ["token.multiplier"]],
    ["from one unit less", { oldMultiplier: "999999999999999999" }, ["token.multiplier"]],
  ])("%s", (_, change, clauses) => {
    expect(failing(decided(change))).toEqual(clauses);
  });

  it.each<[string, World, string, readonly string[]]>([
    ["another one is announced", { shares: { announced: "1.001" } }, "pending", ["token.multiplier.announced"]],
    ["its change was known before", { shares: { nonce: 2n } }, "pending", ["token.multiplier.nonce"]],
    ["nobody vouches for the last change", { facts: { rounds: {} } }, "pending", ["token.multiplier.nonce"]],
    ["it is another now", { shares: { current: "1.0001" } }, "refused", ["token.multiplier"]],
    [
      "what is on its way grows too, and people agreed to less",
      { facts: { outstanding: gld("22810").toString(), reserves: [reserve({ reserves: gld("99999").toString() })] } },
      "pending",
      ["intent.amount"],
    ],
    [
      "reserves do not cover it beside what is out",
      { facts: { reserves: [reserve({ reserves: gld("1099").toString() })] } },
      "pending",
      ["guard.reserves-cover"],
    ],
  ])("waits, or is refused, where %s", (_, world, verdict, clauses) => {
    const decision = decided({}, world);
    expect([decision.verdict, failing(decision)]).toEqual([verdict, clauses]);
  });

  it("waits while nobody saw how much is out, and is total on nonsense", () => {
    const { facts, ...bend } = bendOf(asked);
    const all = facts?.["observed"] as Record<string, object>;
    const key = subject.factKey(about, "supply");
    const without = Object.fromEntries(Object.entries(all).filter(([at]) => at !== key));
    expect(failing(decideWith({ ...bend, facts: { ...facts, observed: without } }))).toContain("intent.amount");
    const strange = { ...all, ...observation("supply", "a lot") };
    expect(failing(decideWith({ ...bend, facts: { ...facts, observed: strange } }))).toContain("intent.amount");
    const most = { newMultiplier: String(2n ** 256n - 1n), oldMultiplier: "1" };
    expect(decided(most).verdict).toBe("refused");
  });

  it("never passes with a step beyond the cap, whatever the numbers", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 24n), fc.bigInt(1n, 10n ** 23n), (from, step) => {
        const change = { oldMultiplier: from.toString(), newMultiplier: (from + step).toString() };
        expect(failing(decided(change)).includes("intent.newMultiplier")).toBe(step * 1_000n > from * 5n);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what is minted", () => {
  const backed = (whole: string): object => ({ reserves: [reserve({ reserves: whole })] });

  it("grows with what is announced, beside what is on its way", () => {
    const announced = { announced: "1.01" };
    // Out 1,000; on its way 50, asked 50, of which one in a hundred grows.
    const facts = { outstanding: gld("50").toString() };
    const enough = "1101000000000000000001";
    expect(minted(gld("50"), { shares: announced, facts: { ...facts, ...backed(enough) } }).verdict).toBe("allowed");
    const short = minted(gld("50"), { shares: announced, facts: { ...facts, ...backed("1101000000000000000000") } });
    expect([short.code, failing(short)]).toEqual(["policy.reserves-short", ["guard.reserves-cover"]]);
    expect(observedIn(short, "guard.reserves-cover")).toContain("announced 1.000000000000000001 GLD");
    expect(minted(gld("50"), { facts: { ...facts, ...backed(gld("1100").toString()) } }).verdict).toBe("allowed");
  });

  it("does not shrink with what somebody announced below", () => {
    const decision = minted(gld("100"), { shares: { announced: "0.5" }, facts: backed(gld("1099").toString()) });
    expect(failing(decision)).toEqual(["guard.reserves-cover"]);
  });

  it("waits while nobody saw what a share is, and counts changes as raises do", () => {
    expect(failing(minted(gld("1"), { shares: { nonce: 2n } }))).toEqual(["token.multiplier.nonce"]);
    const { facts, ...bend } = bendOf({ operation: "mint" });
    const all = Object.entries(facts?.["observed"] as Record<string, object>);
    const without = Object.fromEntries(all.filter(([at]) => !at.endsWith(" multiplier")));
    const decision = decideWith({ ...bend, facts: { ...facts, observed: without } });
    expect([decision.verdict, failing(decision)]).toEqual([
      "pending",
      ["token.multiplier.nonce", "token.multiplier", "token.freshness"],
    ]);
  });

  it("waits until how much there is and what a share is are of one block", () => {
    const { facts, ...bend } = bendOf({ operation: "mint" });
    const all = facts?.["observed"] as Record<string, object>;
    const at = (blockNumber: number): Decision => {
      const about = Object.keys(all).find((one) => one.endsWith(" supply")) ?? "";
      return decideWith({
        ...bend,
        facts: { ...facts, observed: { ...all, [about]: { ...all[about], blockNumber } } },
      });
    };
    for (const apart of [76, 78])
      expect([at(apart).verdict, failing(at(apart))]).toEqual(["pending", ["token.multiplier.supply"]]);
    expect(at(77).verdict).toBe("allowed");
  });

  it("is as it was of a token without a multiplier", () => {
    const { policy: plain, facts } = inputWith();
    expect(growthOf({ policy: plain, facts }, gld("5"))).toBe(0n);
  });
});

describe("the text of what a token says of its shares", () => {
  it("is one spelling, and no share is nothing", () => {
    const text = multiplierText({ current: multiplierOf("1"), nonce: fromBigInt(2n), announced: null });
    expect(text).toBe('{"announced":null,"current":"1000000000000000000","nonce":"2"}');
    expect(readMultiplier(text)?.current).toBe(10n ** 18n);
    for (const odd of ["", "null", ` ${text}`, text.replace("1000000000000000000", "0"), text.replace("null", "{}")])
      expect(readMultiplier(odd)).toBeUndefined();
  });
});

describe("the bounds of a policy", () => {
  const wire = (change: object): ReturnType<typeof readPolicyDocument> =>
    readPolicyDocument({ ...(toWire(document) as object), ...policy, tests: undefined, ...change });

  it("are of a token with a multiplier, all three of them", () => {
    expect(inputWith({ policy }).policy.token.multiplier).toMatchObject({ aheadSeconds: 7 * day, lateSeconds: 3_600 });
    expect(inputWith().policy.token.multiplier).toBeUndefined();
    expect(() =>
      inputWith({ policy: { ...policy, token: { ...token, multiplier: { rise: "0", ahead: "1d", late: "0s" } } } }),
    ).toThrow(expect.objectContaining({ code: "policy.ratio", field: "token.multiplier.rise" }));
    expect(() => inputWith({ policy: { ...policy, token: { ...token, multiplier: undefined } } })).toThrow();
    expect(() => inputWith({ policy: { token: { ...document.token, multiplier: token.multiplier } } })).toThrow();
  });

  it("loosen with any change, which is told", () => {
    const [before, after] = [
      wire({}),
      wire({ token: { ...token, multiplier: { ...token.multiplier, rise: "0.004" } } }),
    ];
    expect(changeClass(before, after)).toBe("loosen");
    const [change] = settingChanges(compile(before), compile(after), rosterIndex);
    expect(change).toMatchObject({ field: "token", effect: "incomparable" });
    expect(change?.to).toContain(
      "its multiplier raised by at most 0.004 of it, at most 7d ahead, at most 1h past its time",
    );
  });

  it("stand beside the list that the token asks whom it stops, of which another loosens too, and is told", () => {
    const [before, after] = [wire({}), wire({ token: { ...token, sanctions: zero } })];
    expect(changeClass(before, after)).toBe("loosen");
    const [change] = settingChanges(compile(before), compile(after), rosterIndex);
    expect(change).toMatchObject({ field: "token", effect: "incomparable" });
    expect(change?.to).toContain(`stopping whom ${zero} lists`);
    expect(() => inputWith({ policy: { ...policy, token: { ...token, sanctions: undefined } } })).toThrow();
  });

  it("hold guards and limits on mints for raises too, but for those about a recipient", () => {
    const identity = { id: "holder", when: { operation: "mint" }, require: { evidence: "identity" } };
    const toBank = { id: "bank", when: { operation: "mint", to: { in: "treasury" } }, deny: true };
    const each = {
      id: "each",
      when: { operation: "mint" },
      metric: "sum",
      window: "rolling 24h",
      per: "to",
      max: "9 GLD",
      over: "deny",
    };
    const all = { ...each, id: "all", when: issuing, per: "asset" };
    expect(() =>
      inputWith({ policy: { ...policy, guards: [reserves, identity, toBank], limits: [each, all] } }),
    ).not.toThrow();
    for (const more of [
      { guards: [{ ...reserves, when: { operation: "mint" } }] },
      { limits: [{ ...each, per: "asset" }] },
      { guards: [{ ...reserves, unless: { operation: "raiseMultiplier" } }] },
    ])
      expect(() => inputWith({ policy: { ...policy, ...more } })).toThrow(
        expect.objectContaining({ code: "policy.issuing" }),
      );
  });

  it("let an example leave out the least raise there is", () => {
    const at = parseInstant(now);
    expect(destined(inputWith({ policy }).policy, "raiseMultiplier", at)).toEqual(raised(at));
    expect(raised(at)).toEqual({ oldMultiplier: 10n ** 18n, newMultiplier: 10n ** 18n + 1n, activationTime: now });
  });
});
