/** What stands behind an asset by one reserve guard: who vouches for how much, what is out and on its way, and how far that reaches. */
import type { Facts, ReserveFact } from "../facts.ts";
import { observedSupply } from "./observed.ts";
import type { Case, Guard, GuardEffect } from "../policy.ts";
import type { Instant } from "../../values/instant.ts";

export type ReserveGuard = { readonly id: Guard["id"] } & Extract<GuardEffect, { kind: "reserves" }>;

/** All that backing rests on; a decision has it, and so has whoever shows it to people. */
export type Seen = Pick<Case, "policy" | "roster"> & {
  readonly facts: Pick<Facts, "now" | "reserves" | "observed" | "outstanding">;
};

export type Backing = {
  /** The latest word of each attestor of the group, by name. */
  readonly said: readonly ReserveFact[];
  /** Those of them that count now. */
  readonly current: readonly ReserveFact[];
  /** The least that anybody who counts vouches for; undefined while too few count. */
  readonly reserves: bigint | undefined;
  /** The greater of the observed supply and the greatest attested one; undefined while nobody observed any. */
  readonly supply: bigint | undefined;
};

export function backingOf(seen: Seen, guard: ReserveGuard): Backing {
  const said = latest(seen, guard);
  const current = said.filter((fact) => standingOf(fact, guard, seen.facts.now) === "current");
  const observed = observedSupply(seen);
  const enough = current.length >= guard.by.min;
  return {
    said,
    current,
    reserves: enough ? least(current.map(({ reserves }) => reserves)) : undefined,
    supply: observed === undefined ? undefined : greatest([observed, ...current.map(({ supply }) => supply)]),
  };
}

/** The most there may be of the asset, rounded down. */
export function capOf(reserves: bigint, { ratio }: Pick<ReserveGuard, "ratio">): bigint {
  return (reserves * ratio.numerator) / ratio.denominator;
}

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

function least(values: readonly bigint[]): bigint | undefined {
  return values.reduce<bigint | undefined>((low, value) => (low === undefined || value < low ? value : low), undefined);
}

/** Of all that count, whatever block each names: nobody lowers what another attested by naming a higher one. */
function greatest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
