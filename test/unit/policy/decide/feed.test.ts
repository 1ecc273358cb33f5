/** A feed of reserves before the decision: what makes its figure count, and every way in which it does not. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as subject from "../../../../src/evidence/subject.ts";
import type { SeenFeed } from "../../../../src/evidence/feed.ts";
import { figureOf, judgeFeed, scaled } from "../../../../src/policy/decide/feed.ts";
import { addressOf } from "../../../place/profiles.ts";
import { feedGuard, feedSubject, ounces, saidBy, vaultFeed } from "../../../place/feeds.ts";
import { clause, day, decideWith, gld, inputWith, now, observed, outcome, reserve, type Bend } from "../example.ts";

type Said = Partial<SeenFeed> & { readonly updatedAt?: string };
type Seen = {
  readonly blockTime?: number;
  readonly highest?: string;
  readonly feed?: object;
  readonly amount?: string;
};

/** The mint that is allowed, with a feed that says so. */
function read(said: Said = {}, { blockTime = now - 5, highest = "7", feed = {}, amount }: Seen = {}): Bend {
  const seen = {
    subject: feedSubject,
    fact: "round",
    value: saidBy(now - 3_600, said),
    blockNumber: 77,
    blockTime,
    finalized: false,
    statements: [],
  };
  return {
    policy: { feeds: { vault: { ...vaultFeed, ...feed } }, guards: [feedGuard] },
    facts: {
      observed: { ...observed, [subject.factKey(feedSubject, "round")]: seen },
      rounds: { [feedSubject]: highest },
    },
    ...(amount === undefined ? {} : { intent: { amount } }),
  };
}

const failing = (bend: Bend): readonly [string, string, readonly string[]] => {
  const { verdict, code, failing: ids } = outcome(bend);
  return [
    verdict,
    code,
    ids.map((id) => id.replace("guard.backed", "")).filter((id) => id.startsWith(".") || id === ""),
  ];
};
const cover = "";

describe("a feed of reserves", () => {
  it("allows what it covers, and explains itself", () => {
    const decision = decideWith(read());
    expect(decision.verdict).toBe("allowed");
    expect(clause(decision, "guard.backed.feed.vault")).toMatchObject({
      observed: `code ${vaultFeed.codehash}, 8 decimals, "${vaultFeed.description}" at block 77`,
      bound: `${feedSubject} with code ${vaultFeed.codehash}, 8 decimals, "${vaultFeed.description}"`,
    });
    expect(clause(decision, "guard.backed.feed.vault.round")).toMatchObject({
      observed: "5,000 of round 7, answered in 7",
      bound: "between 1 and 1,000,000, at neither, answered in its own round, no round before 7",
    });
    expect(clause(decision, "guard.backed.feed.vault.age")).toMatchObject({
      observed: "updated at 2027-01-15T07:00:00Z, seen in a block of 2027-01-15T07:59:55Z",
      bound: "at most 25h old",
    });
    expect(clause(decision, "guard.backed").bound).toBe("reserves 5,000 GLD × 1.00");
  });

  it("counts beside attestors: the least of all of them is what there is", () => {
    expect(outcome(read({ answer: ounces(1_100) }))).toMatchObject({ verdict: "allowed" });
    expect(failing(read({ answer: String(BigInt(ounces(1_100)) - 1n) }))).toEqual([
      "pending",
      "policy.reserves-short",
      [cover],
    ]);
    const bend = read();
    const low = { ...bend, facts: { ...bend.facts, reserves: [reserve({ reserves: gld("1099").toString() })] } };
    expect(failing(low)).toEqual(["pending", "policy.reserves-short", [cover]]);
  });

  const changed = "policy.feed-changed";
  const unsound = "policy.feed-unsound";
  const stale = "policy.feed-stale";
  it.each<[string, Said, Seen, string, string, string]>([
    ["other code", { code: `0x${"00".repeat(32)}` as never }, {}, "refused", changed, ".feed.vault"],
    ["an implementation", { implementation: addressOf("x") }, {}, "refused", changed, ".feed.vault"],
    ["no pinned implementation", {}, { feed: { implementation: addressOf("x") } }, "refused", changed, ".feed.vault"],
    ["no pinned aggregator", {}, { feed: { aggregator: addressOf("x") } }, "refused", changed, ".feed.vault"],
    ["other decimals", { decimals: 18 }, {}, "refused", changed, ".feed.vault"],
    ["another description", { description: "XAU / USD" as never }, {}, "refused", changed, ".feed.vault"],
    ["nothing", { answer: "0" }, {}, "pending", unsound, ".feed.vault.round"],
    ["less than nothing", { answer: `-${ounces(5_000)}` }, {}, "pending", unsound, ".feed.vault.round"],
    ["its lower bound", { answer: ounces(1) }, {}, "pending", unsound, ".feed.vault.round"],
    ["its upper bound", { answer: ounces(1_000_000) }, {}, "pending", unsound, ".feed.vault.round"],
    ["an answer carried over", { answeredInRound: "6" }, {}, "pending", unsound, ".feed.vault.round"],
    ["an earlier round", { round: "6" }, {}, "pending", "policy.feed-back", ".feed.vault.round"],
    [
      "an earlier phase",
      { round: ((3n << 64n) + 900n).toString() },
      { highest: ((4n << 64n) + 1n).toString() },
      ...(["pending", "policy.feed-back", ".feed.vault.round"] as const),
    ],
    ["no time", { updatedAt: "0" }, {}, "pending", stale, ".feed.vault.age"],
    ["a time to come", { updatedAt: String(now + 1) }, { blockTime: now + 1 }, "pending", stale, ".feed.vault.age"],
    ["a time after its block", { updatedAt: String(now - 4) }, {}, "pending", stale, ".feed.vault.age"],
    ["an absurd time", { updatedAt: "9".repeat(77) }, {}, "pending", stale, ".feed.vault.age"],
    ["an old figure", { updatedAt: String(now - 25 * 3_600 - 1) }, {}, "pending", stale, ".feed.vault.age"],
    [
      "a figure that is old for its block",
      { updatedAt: String(now - 25 * 3_600) },
      { blockTime: now + 1 },
      ...(["pending", stale, ".feed.vault.age"] as const),
    ],
  ])("that says %s does not count", (_, said, seen, verdict, code, clauseId) => {
    expect(failing(read(said, seen))).toEqual([verdict, code, [clauseId, cover]]);
  });

  it("counts to the last second, in a later phase, and in the round that is known", () => {
    expect(outcome(read({ updatedAt: String(now - 25 * 3_600) })).verdict).toBe("allowed");
    expect(outcome(read({ round: ((4n << 64n) + 1n).toString() }, { highest: "900" })).verdict).toBe("allowed");
    expect(outcome(read({}, { highest: "0" })).verdict).toBe("allowed");
    expect(outcome(read({ answer: String(BigInt(ounces(1_000_000)) - 1n) })).verdict).toBe("allowed");
  });

  it("may have any aggregator where the policy pins none", () => {
    expect(outcome(read({ aggregator: addressOf("x") })).verdict).toBe("allowed");
    expect(outcome(read({ aggregator: addressOf("x") }, { feed: { aggregator: addressOf("x") } })).verdict).toBe(
      "allowed",
    );
  });

  it("that nobody saw, or of which nobody says what was known, is no figure", () => {
    const bend = read();
    const unseen = { ...bend, facts: { ...bend.facts, observed } };
    expect(failing(unseen)).toEqual([
      "pending",
      "policy.evidence-missing",
      [".feed.vault", ".feed.vault.round", ".feed.vault.age", cover],
    ]);
    expect(outcome(unseen).failing).toContain("token.freshness");
    for (const rounds of [undefined, {}])
      expect(failing({ ...bend, facts: { ...bend.facts, rounds } })).toEqual([
        "pending",
        "policy.evidence-missing",
        [".feed.vault.round", cover],
      ]);
  });

  it("must have been seen about now", () => {
    expect(outcome(read({}, { blockTime: now - 121 })).failing).toEqual(["token.freshness"]);
    expect(outcome(read({}, { blockTime: now - 120 })).verdict).toBe("allowed");
  });

  it("binds where nothing has to be covered, and nothing but what the guard binds", () => {
    const bend = read({ answer: "0" });
    const require = { ...feedGuard.require, cover: undefined };
    const guards = [{ ...feedGuard, require }];
    expect(failing({ ...bend, policy: { ...bend.policy, guards } })).toEqual([
      "pending",
      unsound,
      [".feed.vault.round"],
    ]);
    const other = { ...bend, policy: { ...bend.policy, guards: [] } };
    expect(outcome(other).verdict).toBe("allowed");
  });
});

describe("figures", () => {
  it("are rounded down into fewer decimals and never change into more", () => {
    const places = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(fc.bigInt(0n, 1n << 200n), places, places, (figure, from, to) => {
        const into = scaled(figure, from, to);
        const [own, theirs] = [figure * 10n ** BigInt(to), into * 10n ** BigInt(from)];
        expect(theirs <= own && own - theirs < 10n ** BigInt(from)).toBe(true);
        if (to >= from) expect(theirs).toBe(own);
      }),
    );
  });

  it("count exactly where each clause of them holds", () => {
    const numbers = fc.record({
      round: fc.bigInt(5n, 9n).map(String),
      answer: fc.constantFrom("-1", "0", ounces(1), ounces(2), ounces(999_999), ounces(1_000_000)),
      updatedAt: fc.integer({ min: now - 2 * day, max: now + 10 }).map(String),
      decimals: fc.constantFrom(8, 8, 8, 18),
      answeredInRound: fc.bigInt(5n, 9n).map(String),
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: now - 60, max: now + 60 }), (said, blockTime) => {
        const input = inputWith(read(said, { blockTime }));
        const [feed] = input.policy.feeds;
        const holds = judgeFeed(input, "g", feed!).every(({ ok }) => ok);
        expect(figureOf(input, feed!, 18)).toBe(holds ? BigInt(said.answer) * 10n ** 10n : undefined);
        const updated = Number(said.updatedAt);
        const expected =
          [ounces(2), ounces(999_999)].includes(said.answer) &&
          BigInt(said.round) >= 7n &&
          BigInt(said.answeredInRound) >= BigInt(said.round) &&
          said.decimals === 8 &&
          updated <= Math.min(now, blockTime) &&
          Math.max(now, blockTime) - updated <= 90_000;
        expect(holds).toBe(expected);
      }),
    );
  });
});
