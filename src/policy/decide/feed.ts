/** Figures of feeds: whether the contract is the one that was pinned, whether its round is sound and new, and what it then says. */
import { readFeed, type SeenFeed } from "../../evidence/feed.ts";
import * as subject from "../../evidence/subject.ts";
import type { Operation } from "../../intent/operation.ts";
import { zero as noAddress } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Facts, Observed } from "../facts.ts";
import type { Feed, Guard, Policy } from "../policy.ts";
import type { Judgement } from "./judgement.ts";

/** All that a figure rests on; a decision has it, and so has whoever shows an asset to people. */
export type Reading = { readonly facts: Pick<Facts, "now" | "observed" | "rounds"> };

export function feedFact({ facts }: Reading, { address }: Feed): Observed | undefined {
  return facts.observed[subject.factKey(subject.feed(address), "round")];
}

export function feedsIn({ then }: Guard): readonly Feed[] {
  return then.kind === "reserves" ? then.feeds : [];
}

/** Every feed that a guard on this operation may read. */
export function feedsFor({ guards }: Pick<Policy, "guards">, operation: PolicyOperation | Operation): readonly Feed[] {
  return [...new Set(guards.flatMap((guard) => (guard.when.operations.has(operation) ? feedsIn(guard) : [])))];
}

/**
 * Three clauses, so that another contract, a bad round and an old one are told apart. INVARIANT: what nobody saw, and a highest round
 * that nobody vouches for, is no figure.
 */
export function judgeFeed(reading: Reading, guard: string, feed: Feed): readonly Judgement[] {
  const at = feedFact(reading, feed);
  const seen = at === undefined ? undefined : readFeed(at.value);
  const clause = (part: string, bound: string) =>
    ({ id: `guard.${guard}.feed.${feed.id}${part}`, kind: "guard", bound }) as const;
  const clauses = [
    clause("", `${subject.feed(feed.address)} with ${pinned(feed)}`),
    clause(".round", soundText(reading, feed)),
    clause(".age", `at most ${duration.format(feed.maxAgeSeconds)} old`),
  ] as const;
  if (at === undefined || seen === undefined) {
    const unseen = { code: "policy.evidence-missing", ok: false, curable: true, observed: "not observed" } as const;
    return clauses.map((one) => ({ ...one, ...unseen }));
  }
  const [contract, round, age] = clauses;
  const highest = highestOf(reading, feed);
  const isNew = highest !== undefined && BigInt(seen.round) >= highest;
  return [
    {
      ...contract,
      code: "policy.feed-changed",
      ok: isPinned(seen, feed),
      curable: false,
      observed: `${pinnedText({ ...seen, codehash: seen.code })} at block ${at.blockNumber}`,
    },
    {
      ...round,
      code: isNew ? "policy.feed-unsound" : highest === undefined ? "policy.evidence-missing" : "policy.feed-back",
      ok: isNew && isSound(seen, feed),
      curable: true,
      observed: `${figureText(BigInt(seen.answer), seen.decimals)} of round ${seen.round}, answered in ${seen.answeredInRound}`,
    },
    {
      ...age,
      code: "policy.feed-stale",
      ok: isYoung(seen, { at, feed, now: reading.facts.now }),
      curable: true,
      observed: `updated at ${timeText(seen.updatedAt)}, seen in a block of ${instant.toIso(at.blockTime)}`,
    },
  ];
}

/** The figure in units of so many decimals, rounded down; undefined where any clause of it fails. */
export function figureOf(reading: Reading, feed: Feed, decimals: number): bigint | undefined {
  const seen = readFeed(feedFact(reading, feed)?.value ?? "");
  if (seen === undefined || !judgeFeed(reading, "", feed).every(({ ok }) => ok)) return undefined;
  return scaled(BigInt(seen.answer), feed.decimals, decimals);
}

export function scaled(figure: bigint, from: number, to: number): bigint {
  return to >= from ? figure * 10n ** BigInt(to - from) : figure / 10n ** BigInt(from - to);
}

function highestOf({ facts }: Reading, { address }: Feed): bigint | undefined {
  return facts.rounds?.[subject.feed(address)];
}

/** Whether it is the contract that the policy pins, in every part of it. */
export function isPinned(seen: SeenFeed, feed: Feed): boolean {
  return (
    seen.code === feed.codehash &&
    seen.implementation === (feed.implementation ?? noAddress) &&
    (feed.aggregator === undefined || seen.aggregator === feed.aggregator) &&
    seen.decimals === feed.decimals &&
    seen.description === feed.description
  );
}

/** A round carried over from one before has no answer of its own; a figure at a bound may be stuck there. */
function isSound({ round, answer, answeredInRound }: SeenFeed, { above, below }: Feed): boolean {
  const figure = BigInt(answer);
  return figure > above && figure < below && figure > 0n && BigInt(answeredInRound) >= BigInt(round);
}

type Aging = { readonly at: Observed; readonly feed: Feed; readonly now: instant.Instant };

/** Neither never answered, nor of a time that had not come, for the block or for the gate, nor old for the later of the two. */
function isYoung({ updatedAt }: SeenFeed, { at, feed, now }: Aging): boolean {
  const updated = BigInt(updatedAt);
  const [first, last] = [Math.min(at.blockTime, now), Math.max(at.blockTime, now)];
  return updated > 0n && updated <= BigInt(first) && BigInt(last) - updated <= BigInt(feed.maxAgeSeconds);
}

function soundText(reading: Reading, feed: Feed): string {
  const { above, below, decimals } = feed;
  const highest = highestOf(reading, feed);
  const since =
    highest === undefined ? "no round before the highest, which is not known" : `no round before ${highest}`;
  return `between ${figureText(above, decimals)} and ${figureText(below, decimals)}, at neither, answered in its own round, ${since}`;
}

function pinned(feed: Feed): string {
  return pinnedText({ ...feed, implementation: feed.implementation ?? noAddress, aggregator: feed.aggregator ?? null });
}

type Shown = Pick<SeenFeed, "implementation" | "aggregator" | "decimals" | "description"> & Pick<Feed, "codehash">;

function pinnedText({ codehash, implementation, aggregator, decimals, description }: Shown): string {
  const behind = implementation === noAddress ? "" : `, implementation ${implementation}`;
  const aggregating = aggregator === null ? "" : `, aggregator ${aggregator}`;
  return `code ${codehash}${behind}${aggregating}, ${decimals} decimals, "${description}"`;
}

function figureText(figure: bigint, decimals: number): string {
  return figure < 0n ? `-${figureText(-figure, decimals)}` : amount.format(amount.fromBigInt(figure), decimals);
}

/** A feed may say any number. */
function timeText(seconds: string): string {
  return seconds.length > 11 ? seconds : instant.toIso(instant.parse(Number(seconds)));
}
