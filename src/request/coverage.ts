/** How far the reserves behind an asset reach at one moment, guard by guard, for people to look at; the gate decides by its own facts. */
import { readFeed } from "../evidence/feed.ts";
import { announcedStep } from "../evidence/multiplier.ts";
import { hasMultiplier } from "../intent/standard.ts";
import {
  backingOf,
  capOf,
  standingOf,
  worthOf,
  type Backing,
  type ReserveGuard,
  type Seen,
  type Worth,
} from "../policy/decide/backing.ts";
import { feedFact, judgeFeed, scaled } from "../policy/decide/feed.ts";
import { seenMultiplier } from "../policy/decide/multiplier.ts";
import type { Cover as Covering, Policy, Ratio } from "../policy/policy.ts";
import { fromBigInt, max, zero, type Amount } from "../values/amount.ts";
import { parse as parseInstant, type Instant } from "../values/instant.ts";
import { growth, within, type Step } from "../values/multiplier.ts";
import type { AssetView, Band } from "./asset.ts";

type Cover = AssetView["cover"][number];

/** Every guard of the policy that wants reserves, in its order. */
export function coverageOf(seen: Seen): readonly Cover[] {
  return reserveGuards(seen.policy).flatMap((guard) => {
    const { cover } = guard;
    return cover === undefined ? [] : [coverOf(seen, { ...guard, cover })];
  });
}

function reserveGuards({ guards }: Policy): readonly ReserveGuard[] {
  return guards.flatMap(({ id, then }) => (then.kind === "reserves" ? [{ id, ...then }] : []));
}

const whole: Ratio = { text: "1", numerator: 1n, denominator: 1n };

function coverOf(seen: Seen, guard: ReserveGuard & { readonly cover: Covering }): Cover {
  const { cover } = guard;
  const backing = backingOf(seen, guard);
  const worth = worthOf(seen, cover);
  return {
    guard: guard.id,
    by: { group: guard.by.group, min: guard.by.min },
    maxAgeSeconds: guard.maxAgeSeconds,
    ratio: cover.ratio.text,
    warnRatio: cover.warn?.ratio.text ?? null,
    worth: worth === undefined ? null : worth.text.trim(),
    reserves: clamped(backing.reserves),
    ...reachOf(cover, {
      reserves: backing.reserves,
      supply: backing.supply,
      worth,
      outstanding: seen.facts.outstanding,
      step: stepOf(seen),
    }),
    endsAt: endOf(seen, guard),
    words: [...wordsOf(seen, guard, backing), ...feedWords(seen, guard)],
  };
}

type Reaching = Pick<Backing, "reserves" | "supply"> & {
  readonly worth: Worth | undefined;
  readonly outstanding: bigint;
  readonly step: Step;
};

/** From what a share is to what is announced that it becomes. */
function stepOf({ policy: { token }, facts }: Seen): Step {
  const seen = hasMultiplier(token.standard) ? seenMultiplier(token, facts) : undefined;
  return seen === undefined ? { from: 1n, to: 1n } : announcedStep(seen);
}

/** What is on its way grows with what is announced, and so would whatever is minted into the room; the supply is said with it. */
function reachOf(
  { ratio, warn }: Covering,
  { reserves, supply, worth, outstanding, step }: Reaching,
): Pick<Cover, "most" | "headroom" | "coverage" | "band"> {
  if (reserves === undefined || worth === undefined)
    return { most: null, headroom: null, coverage: null, band: "unknown" };
  const most = capOf(reserves, ratio, worth);
  if (supply === undefined) return { most: clamped(most), headroom: null, coverage: null, band: "unknown" };
  const out = supply + outstanding + (outstanding === 0n ? 0n : growth(outstanding, step));
  const isEarly = warn === undefined || out <= capOf(reserves, warn.ratio, worth);
  return {
    most: clamped(most),
    headroom: clamped(within(most - supply, step) - outstanding),
    coverage: quotient(capOf(reserves, whole, worth), out),
    band: out > most ? "short" : isEarly ? "covered" : "warning",
  };
}

function wordsOf({ facts }: Seen, guard: ReserveGuard, { said }: Backing): Cover["words"] {
  return said.map((word) => ({
    source: word.attestor,
    reserves: word.reserves,
    asOf: word.asOf,
    ageSeconds: Math.max(0, facts.now - word.asOf),
    expiresAt: word.expiresAt,
    standing: standingOf(word, guard, facts.now),
  }));
}

/** What observers saw of each feed; one that nobody saw is not among the words, and counts for nothing. */
function feedWords(seen: Seen, { id, feeds }: ReserveGuard): Cover["words"] {
  return feeds.flatMap((feed) => {
    const figure = readFeed(feedFact(seen, feed)?.value ?? "");
    const updated = Number(figure?.updatedAt ?? Number.NaN);
    if (figure === undefined || !Number.isSafeInteger(updated)) return [];
    const [pinned, sound, young] = judgeFeed(seen, id, feed).map(({ ok }) => ok);
    const asOf = clampedInstant(updated);
    const reserves = clamped(scaled(BigInt(figure.answer), figure.decimals, seen.policy.token.decimals));
    const standing = pinned !== true || sound !== true ? "unsound" : young === true ? "current" : "old";
    return [
      {
        source: `feed ${feed.id}`,
        reserves: reserves ?? zero,
        asOf,
        ageSeconds: Math.max(0, seen.facts.now - asOf),
        expiresAt: clampedInstant(asOf + feed.maxAgeSeconds),
        standing,
      },
    ];
  });
}

/** Guards that want reserves attested lately, whatever they are. */
export function auditsOf(seen: Seen): AssetView["audits"] {
  return reserveGuards(seen.policy)
    .filter(({ cover }) => cover === undefined)
    .map((guard) => {
      const times = backingOf(seen, guard).said.map(({ asOf }) => asOf);
      return {
        guard: guard.id,
        by: { group: guard.by.group, min: guard.by.min },
        maxAgeSeconds: guard.maxAgeSeconds,
        last: times.length === 0 ? null : parseInstant(Math.max(...times)),
        dueAt: endOf(seen, guard),
      };
    });
}

/** When too few of the words that count now are left. */
function endOf(seen: Seen, guard: ReserveGuard): Instant | null {
  const ends = backingOf(seen, guard)
    .current.map(({ asOf, expiresAt }) => Math.min(asOf + guard.maxAgeSeconds + 1, expiresAt))
    .sort((a, b) => b - a);
  const end = ends[guard.by.min - 1];
  const feeds = feedWords(seen, guard).map(({ standing, expiresAt }) => (standing === "current" ? expiresAt + 1 : 0));
  const isWhole = feeds.length === guard.feeds.length && !feeds.includes(0);
  return end === undefined || !isWhole ? null : parseInstant(Math.min(end, ...feeds));
}

const order: readonly Band[] = ["covered", "warning", "short", "unknown"];

/** Of several guards the worst; nothing is known where no guard looks. */
export function bandOf(cover: readonly Pick<Cover, "band">[]): Band {
  return (
    cover.reduce<Band | undefined>(
      (worst, { band }) => (worst === undefined || order.indexOf(band) > order.indexOf(worst) ? band : worst),
      undefined,
    ) ?? "unknown"
  );
}

/** What the strictest guard leaves; null while one of them cannot tell. */
export function headroomOf(cover: readonly Pick<Cover, "headroom">[]): Amount | null {
  const [first, ...others] = cover.map(({ headroom }) => headroom);
  return others.reduce<Amount | null>(
    (least, one) => (least === null || one === null ? null : one < least ? one : least),
    first ?? null,
  );
}

/** More is out than reserves cover: people are asked to stop the token; nothing here does. */
export function proposalOf(asset: string, cover: readonly Cover[]): AssetView["proposal"] {
  const short = cover.filter(({ band }) => band === "short").map(({ guard }) => guard);
  if (short.length === 0) return null;
  const why = `more ${asset} is out than its reserves cover by ${short.map((guard) => `guard.${guard}`).join(" and ")}`;
  return { operation: "pause", why };
}

function clamped(value: bigint | undefined): Amount | null {
  return value === undefined ? null : fromBigInt(value < 0n ? 0n : value > max ? max : value);
}

function clampedInstant(seconds: number): Instant {
  return parseInstant(Math.min(253_402_300_799, seconds));
}

/** `1.0416`: rounded down, so that nothing looks covered that is not. */
function quotient(reserves: bigint, out: bigint): string | null {
  if (out === 0n) return null;
  const parts = (reserves * 10_000n) / out;
  return `${parts / 10_000n}.${(parts % 10_000n).toString().padStart(4, "0")}`;
}
