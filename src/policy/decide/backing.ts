/** What stands behind an asset by one reserve guard: who vouches for how much, what is out and on its way, and how far that reaches. */
import { highestPrice, priceUnit, readPrice } from "../../evidence/attested.ts";
import * as amount from "../../values/amount.ts";
import type { Instant } from "../../values/instant.ts";
import { agreedPrices } from "./attested.ts";
import type { Facts, ReserveFact } from "../facts.ts";
import { figureOf, scaled } from "./feed.ts";
import { observedSupply } from "./observed.ts";
import type { Case, Cover, Guard, GuardEffect, Pricing, Ratio } from "../policy.ts";

export type ReserveGuard = { readonly id: Guard["id"] } & Extract<GuardEffect, { kind: "reserves" }>;

/** All that backing rests on; a decision has it, and so has whoever shows it to people. */
export type Seen = Pick<Case, "policy" | "roster"> & {
  readonly facts: Pick<Facts, "now" | "reserves" | "observed" | "rounds" | "outstanding" | "prices">;
};

export type Backing = {
  /** The latest word of each attestor of the group, by name. */
  readonly said: readonly ReserveFact[];
  /** Those of them that count now. */
  readonly current: readonly ReserveFact[];
  /** What each feed of the guard says in units of the asset; undefined of one that does not count now. */
  readonly figures: readonly (bigint | undefined)[];
  /** The least that anybody who counts vouches for, feeds among them; undefined while too few count, or one feed does not. */
  readonly reserves: bigint | undefined;
  /** The greater of the observed supply and the greatest attested one; undefined while nobody observed any. */
  readonly supply: bigint | undefined;
};

export function backingOf(seen: Seen, guard: ReserveGuard): Backing {
  const said = latest(seen, guard);
  const current = said.filter((fact) => standingOf(fact, guard, seen.facts.now) === "current");
  const observed = observedSupply(seen);
  const enough = current.length >= guard.by.min;
  const figures = guard.feeds.map((feed) => figureOf(seen, feed, seen.policy.token.decimals));
  return {
    said,
    current,
    figures,
    reserves: enough ? least([...current.map(({ reserves }) => reserves), ...figures]) : undefined,
    supply: observed === undefined ? undefined : greatest([observed, ...current.map(({ supply }) => supply)]),
  };
}

/** What a unit of reserves is worth in units of the asset. */
export type Worth = {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** ` × 0.985 USD ÷ 1.00`; nothing where a unit of reserves stands for one of the asset. */
  readonly text: string;
};

const one: Worth = { numerator: 1n, denominator: 1n, text: "" };

/** By the middle of the prices of all sources, of two middle ones the lower; undefined while prices are missing or too far apart. */
export function worthOf({ policy, roster, facts }: Seen, { price }: Cover): Worth | undefined {
  if (price === undefined) return one;
  const prices = agreedPrices({ roster, facts }, policy.asset, price);
  const middle = prices?.[Math.floor((prices.length - 1) / 2)];
  return middle === undefined ? undefined : worthAt(middle.value, price);
}

function worthAt(value: string, { par, quote }: Pricing): Worth {
  return {
    numerator: (readPrice(value) ?? 0n) * par.denominator,
    denominator: priceUnit * par.numerator,
    text: ` × ${value} ${quote} ÷ ${par.text}`,
  };
}

/** The most there may be of the asset by so many reserves, rounded down. */
export function capOf(reserves: bigint, ratio: Ratio, worth: Worth): bigint {
  return (reserves * ratio.numerator * worth.numerator) / (ratio.denominator * worth.denominator);
}

/** The most that any reserves at any price could cover, of what the guard's feeds may say. */
export function greatestCap({ feeds }: Pick<ReserveGuard, "feeds">, { price }: Cover, cap: Cap): bigint {
  const most = least([amount.max, ...feeds.map((feed) => scaled(feed.below - 1n, feed.decimals, cap.decimals))]);
  return capOf(most ?? 0n, cap.ratio, price === undefined ? one : worthAt(highestPrice, price));
}

/** Of an asset with so many decimals. */
export type Cap = { readonly ratio: Ratio; readonly decimals: number };

export type Standing = "current" | "old" | "expired" | "to come";

/** A word counts while it is neither old, nor expired, nor of a time that has not come. */
export function standingOf(
  fact: Pick<ReserveFact, "asOf" | "expiresAt">,
  { maxAgeSeconds }: Pick<ReserveGuard, "maxAgeSeconds">,
  now: Instant,
): Standing {
  if (fact.asOf > now) return "to come";
  if (now >= fact.expiresAt) return "expired";
  return now - fact.asOf > maxAgeSeconds ? "old" : "current";
}

/** The latest attestation of each attestor who is in the group; of two with one sequence, the one that leaves less room. */
function latest({ roster, facts }: Seen, guard: ReserveGuard): readonly ReserveFact[] {
  const byAttestor = new Map<string, ReserveFact>();
  for (const fact of facts.reserves) {
    if (!roster.inGroup(fact.attestor, guard.by.group)) continue;
    const known = byAttestor.get(fact.attestor);
    if (known === undefined || isLater(fact, known)) byAttestor.set(fact.attestor, fact);
  }
  return [...byAttestor.values()].sort((a, b) => (a.attestor < b.attestor ? -1 : 1));
}

function isLater(fact: ReserveFact, known: ReserveFact): boolean {
  if (fact.sequence !== known.sequence) return fact.sequence > known.sequence;
  if (fact.reserves !== known.reserves) return fact.reserves < known.reserves;
  if (fact.supply !== known.supply) return fact.supply > known.supply;
  if (fact.asOf !== known.asOf) return fact.asOf < known.asOf;
  return fact.expiresAt < known.expiresAt;
}

/** One that is not known leaves none. */
function least([first, ...others]: readonly (bigint | undefined)[]): bigint | undefined {
  return others.reduce(
    (low, value) => (low === undefined || value === undefined ? undefined : value < low ? value : low),
    first,
  );
}

/** Of all that count, whatever block each names: nobody lowers what another attested by naming a higher one. */
function greatest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
