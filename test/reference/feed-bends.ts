/** Everything that takes a feed's figure away, at its edge and beyond. */
import { amountOf, needMint, nobody, fresh, type Bend } from "./bending.ts";
import { secondsOf } from "./measure.ts";
import type { PlainCase, PlainFacts, PlainFeed, PlainSeenFeed } from "./plain.ts";
import { attest } from "./random-base.ts";
import { feedTextOf } from "./random-feed.ts";
import type { Chooser } from "./tape.ts";

type Spot = { readonly feed: PlainFeed; readonly fact: PlainFacts["observed"][string]; readonly key: string };

/** A guard that reads a feed, and nothing else in its way. */
function reading(one: PlainCase, choose: Chooser): Spot {
  needMint(one, choose);
  attest(one, choose);
  const name = choose.of(["vault", "mine"]);
  const feed = one.policy.feeds![name]!;
  const require = { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", feeds: [name] } as const;
  const guard = { id: fresh(one), when: { operation: "mint" }, require: { ...require, feeds: [...require.feeds] } };
  one.policy.guards = [...(one.policy.guards ?? []).filter((other) => other.require?.feeds === undefined), guard];
  const key = `feed:${feed.address}`;
  return { feed, fact: one.facts.observed[`${key} round`]!, key };
}

function change(fact: Spot["fact"], fields: Partial<PlainSeenFeed>): void {
  fact.value = feedTextOf({ ...(JSON.parse(fact.value) as PlainSeenFeed), ...fields });
}

const contracting: Bend = (one, choose, over) => {
  const { feed, fact } = reading(one, choose);
  if (!over) return;
  if (choose.chance(20)) {
    feed.aggregator = nobody;
    return;
  }
  const { decimals } = feed;
  change(
    fact,
    choose.of<Partial<PlainSeenFeed>>([
      { code: `0x${"9".repeat(64)}` },
      { implementation: nobody },
      { description: "GLD" },
      { decimals: decimals + 1 },
    ]),
  );
};

const sounding: Bend = (one, choose, over) => {
  const { feed, fact, key } = reading(one, choose);
  const { facts } = one;
  const [low, high] = [feed.min, feed.max].map((text) => BigInt(text.replace(".", "")));
  const round = BigInt((JSON.parse(fact.value) as PlainSeenFeed).round);
  const bad: (() => void)[] = [
    () => {
      change(fact, { answer: String(choose.of([low!, 0n, -1n, high!, high! + 1n])) });
    },
    () => {
      change(fact, { answeredInRound: String(round - 1n) });
    },
    () => {
      facts.rounds![key] = String(round + choose.of([1n, 1n, 5n << 64n]));
    },
    () => {
      Reflect.deleteProperty(choose.chance(50) ? facts : facts.rounds!, choose.chance(50) ? key : "rounds");
    },
  ];
  const edges: (() => void)[] = [
    () => {
      change(fact, { answer: String(choose.of([low! + 1n, high! - 1n])) });
    },
    () => {
      change(fact, { answeredInRound: String(round + 1n) });
    },
    () => {
      facts.rounds![key] = String(choose.of([0n, round]));
    },
  ];
  choose.of(over ? bad : edges)();
};

const aging: Bend = (one, choose, over) => {
  const { feed, fact, key } = reading(one, choose);
  const { facts } = one;
  const oldest = secondsOf(feed.heartbeat) + secondsOf(feed.grace);
  const [first, last] = [Math.min(facts.now, fact.blockTime), Math.max(facts.now, fact.blockTime)];
  if (over && choose.chance(15)) {
    Reflect.deleteProperty(facts.observed, `${key} round`);
    return;
  }
  const updated = over
    ? choose.of([0, first + 1, last - oldest - 1, last - oldest - 1_000])
    : choose.of([first, last - oldest]);
  change(fact, { updatedAt: String(updated) });
};

/** Where the feed says the least, to the unit. */
const covering: Bend = (one, choose, over) => {
  const { feed, fact } = reading(one, choose);
  const { facts, policy } = one;
  const guard = policy.guards!.at(-1)!;
  guard.require!.cover = { ratio: "1" };
  const supply = (facts.observed[`token:${policy.token.address} supply`] ??= { value: "0", blockTime: facts.now });
  supply.value = String(choose.between(0, 1_000));
  const needed = BigInt(supply.value) + BigInt(facts.outstanding) + amountOf(one);
  const [own, asset] = [10n ** BigInt(feed.decimals), 10n ** BigInt(policy.token.decimals)];
  const least = (needed * own + asset - 1n) / asset;
  // More than a feed can answer is nothing that it says.
  if (least < 2n ** 255n) change(fact, { answer: String(least - (over ? choose.of([1n, 1n, least / 2n]) : 0n)) });
};

export const feedings: Bend[] = [contracting, sounding, sounding, aging, aging, covering, covering];
