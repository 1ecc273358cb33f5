/** Random feeds, and what observers say of them when all is well. */
import { greatest } from "./measure.ts";
import type { PlainCase, PlainFeed, PlainPolicy, PlainSeenFeed } from "./plain.ts";
import type { Chooser } from "./tape.ts";

const nowhere = `0x${"0".repeat(40)}`;
const most = 10n ** 40n;

/** As a text with so many decimals. */
function decimalText(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, "0");
  const [whole, fraction] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
  return decimals === 0 ? whole : `${whole}.${fraction}`;
}

/** One behind a proxy of feeds, one behind a proxy of code, with more, fewer and as many decimals as the asset. */
export function randomFeeds(choose: Chooser, decimals: number): NonNullable<PlainPolicy["feeds"]> {
  const feed = (digit: string): PlainFeed => {
    const own = Math.max(0, Math.min(40, decimals + choose.of([-2, 0, 6])));
    const room = greatest / 10n ** BigInt(Math.max(0, decimals - own));
    return {
      ...{ chain: 31_337, address: `0x${digit.repeat(40)}`, codehash: `0x${digit.repeat(64)}`, decimals: own },
      ...{ description: `GLD ${digit}`, heartbeat: choose.of(["60s", "1h", "24h"]) },
      ...(choose.chance(50) ? { grace: choose.of(["1s", "10m"]) } : {}),
      ...(choose.chance(30) ? { aggregator: `0x${"7".repeat(40)}` } : {}),
      ...(choose.chance(30) ? { implementation: `0x${"8".repeat(40)}` } : {}),
      min: decimalText(choose.of([0n, 1n, 1_000n]), own),
      max: decimalText(room < most ? room : most, own),
    };
  };
  return { vault: feed("f"), mine: feed("6") };
}

/** Of both feeds, as much as they may say, in a round that is known or a later one. */
export function tellFeeds({ facts, policy }: Pick<PlainCase, "facts" | "policy">, choose: Chooser): void {
  for (const feed of Object.values(policy.feeds ?? {})) {
    const round = choose.of([1n, 900n, (4n << 64n) + 2n]);
    const blockTime = facts.now - choose.between(-3, 20);
    const said: PlainSeenFeed = {
      aggregator: feed.aggregator ?? choose.of([null, `0x${"7".repeat(40)}`]),
      answer: String(BigInt(feed.max.replace(".", "")) - 1n),
      answeredInRound: String(round),
      code: feed.codehash,
      decimals: feed.decimals,
      description: feed.description,
      implementation: feed.implementation ?? nowhere,
      round: String(round),
      updatedAt: String(Math.min(blockTime, facts.now) - choose.below(30)),
    };
    facts.observed[`feed:${feed.address} round`] = { value: feedTextOf(said), blockTime };
    facts.rounds = { ...facts.rounds, [`feed:${feed.address}`]: String(round - choose.of([0n, 1n])) };
  }
}

export function feedTextOf(said: PlainSeenFeed): string {
  return JSON.stringify(Object.fromEntries(Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1))));
}
