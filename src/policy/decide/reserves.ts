/** The reserve guard: nothing is minted that attested reserves do not cover, counting what is on its way. */
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { PolicyCode } from "../code.ts";
import type { ReserveFact } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import { observedSupply } from "./observed.ts";
import type { Case, Guard, GuardEffect } from "../policy.ts";
import { inAsset } from "../quantity.ts";

type ReserveGuard = { readonly id: Guard["id"] } & Extract<GuardEffect, { kind: "reserves" }>;

/** Two clauses, so that a lack of evidence and a lack of gold are told apart: who attested, and whether it covers the mint. */
export function judgeReserves(one: Case, guard: ReserveGuard): readonly Judgement[] {
  const mine = latest(one, guard);
  const now = mine.filter((fact) => isCurrent(fact, one.facts.now, guard.maxAgeSeconds));
  return [judgeAttestors(one, guard, { mine, now }), judgeCover(one, guard, now)];
}

/** The latest attestation of each attestor who is in the group; of two with one sequence, the one that leaves less room. */
function latest({ roster, facts }: Case, guard: ReserveGuard): readonly ReserveFact[] {
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

/** Neither old, nor expired, nor of a time that has not come. */
function isCurrent(fact: ReserveFact, now: instant.Instant, maxAgeSeconds: number): boolean {
  return fact.asOf <= now && now - fact.asOf <= maxAgeSeconds && now < fact.expiresAt;
}

function judgeAttestors(
  { facts }: Case,
  guard: ReserveGuard,
  { mine, now }: { mine: readonly ReserveFact[]; now: readonly ReserveFact[] },
): Judgement {
  const ages = mine.map((fact) => `${fact.attestor} as of ${instant.toIso(fact.asOf)}`).join(", ");
  const code: PolicyCode = mine.length < guard.by.min ? "policy.evidence-missing" : "policy.attestation-stale";
  return {
    id: `guard.${guard.id}.evidence`,
    kind: "guard",
    code,
    ok: now.length >= guard.by.min,
    curable: true,
    observed: `${now.length} current at ${instant.toIso(facts.now)}${ages === "" ? "" : `: ${ages}`}`,
    bound: `${guard.by.min} of ${guard.by.group}, at most ${duration.format(guard.maxAgeSeconds)} old`,
  };
}

/** max(observed supply, greatest attested supply) + outstanding + amount ≤ the least attested reserves × ratio. */
function judgeCover(one: Case, guard: ReserveGuard, now: readonly ReserveFact[]): Judgement {
  const { policy, facts, intent } = one;
  const clause = { id: `guard.${guard.id}`, kind: "guard", curable: true } as const;
  const observed = observedSupply(one);
  const reserves = least(now.map((fact) => fact.reserves));
  if (observed === undefined || reserves === undefined || now.length < guard.by.min) {
    const lack = observed === undefined ? "supply not observed" : "reserves not attested";
    return {
      ...clause,
      code: "policy.evidence-missing",
      ok: false,
      observed: lack,
      bound: `reserves × ${guard.ratio.text}`,
    };
  }
  const supply = greater(observed, greatestAttestedSupply(now));
  const sum = supply + facts.outstanding + intent.amount;
  const { numerator, denominator, text } = guard.ratio;
  const parts = [
    `supply ${inAsset(supply, policy)}`,
    `outstanding ${inAsset(facts.outstanding, policy)}`,
    `asked ${inAsset(intent.amount, policy)}`,
  ];
  return {
    ...clause,
    code: "policy.reserves-short",
    ok: sum * denominator <= reserves * numerator,
    observed: `${inAsset(sum, policy)} (${parts.join(", ")})`,
    bound: `reserves ${inAsset(reserves, policy)} × ${text}`,
  };
}

/** Of all that count, whatever block each names: nobody lowers what another attested by naming a higher one. */
function greatestAttestedSupply(facts: readonly ReserveFact[]): bigint {
  return facts.reduce((most, fact) => greater(most, fact.supply), 0n);
}

function least(values: readonly bigint[]): bigint | undefined {
  return values.reduce<bigint | undefined>((low, value) => (low === undefined || value < low ? value : low), undefined);
}

function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
