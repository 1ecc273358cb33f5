/** What a feed said, and whether its figure counts: from the words that observers agreed on, part by part. */
import { secondsOf } from "./measure.ts";
import type { PlainCase, PlainFeed, PlainSeenFeed } from "./plain.ts";

const nowhere = `0x${"0".repeat(40)}`;

export type FeedAnswer = {
  readonly seen: boolean;
  readonly contract: boolean;
  readonly round: boolean;
  readonly age: boolean;
  /** Over ten to the power of the feed's decimals; undefined where it does not count. */
  readonly figure: bigint | undefined;
};

export function feedHolds({ policy, facts }: PlainCase, name: string): FeedAnswer {
  const feed = policy.feeds![name]!;
  const fact = facts.observed[`feed:${feed.address} round`];
  if (fact === undefined) return { seen: false, contract: false, round: false, age: false, figure: undefined };
  const said = JSON.parse(fact.value) as PlainSeenFeed;
  const answer = BigInt(said.answer);
  const known = facts.rounds?.[`feed:${feed.address}`];
  const contract =
    said.code === feed.codehash &&
    said.implementation === (feed.implementation ?? nowhere) &&
    (feed.aggregator === undefined || feed.aggregator === said.aggregator) &&
    said.decimals === feed.decimals &&
    said.description === feed.description;
  const within = answer > 0n && answer > inOwn(feed.min, feed) && answer < inOwn(feed.max, feed);
  const answered = BigInt(said.round) <= BigInt(said.answeredInRound);
  const round = within && answered && known !== undefined && BigInt(known) <= BigInt(said.round);
  const times = [facts.now, fact.blockTime];
  const updated = BigInt(said.updatedAt);
  const allowed = BigInt(secondsOf(feed.heartbeat) + secondsOf(feed.grace));
  const age = updated !== 0n && times.every((time) => updated <= BigInt(time) && BigInt(time) <= updated + allowed);
  return { seen: true, contract, round, age, figure: contract && round && age ? answer : undefined };
}

function inOwn(text: string, { decimals }: PlainFeed): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}

/** In base units of the asset, and no more than there is. */
export function inBaseUnits(figure: bigint, feed: PlainFeed, decimals: number): bigint {
  const scaled = figure * 10n ** BigInt(decimals);
  return scaled / 10n ** BigInt(feed.decimals);
}
