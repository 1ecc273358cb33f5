/** Everything that is demanded of people and of time: what the tier says, and what guards and full limits add to it. */
import { canonical } from "../../values/json.ts";
import type { Addition, Distinct, GuardEffect, Policy, Tier } from "../policy.ts";
import type { Quorum, Veto } from "../document/requirement.ts";

/** An addition with the id of the clause that makes it. */
export type Added = { readonly id: string; readonly addition: Addition };

export type Demand = {
  /** The tier's own, or all of it and what is added. */
  readonly quorum: Quorum;
  /** Filled for itself, and the same people may: what a request in a batch takes alone, where that is something else. */
  readonly also?: Quorum;
  readonly floors: readonly Floor[];
  readonly delaySeconds: number;
  /** Each stands for itself, under the id of whoever grants it. */
  readonly vetoes: readonly { readonly id: string; readonly veto: Veto }[];
};

/** How many must be different among those who could sit in this quorum: of the tier, and of what asks for the floor beside it. */
export type Floor = Distinct & { readonly quorum: Quorum };

/**
 * Everything that both tiers demand: that of the total, and the one that the request has alone. A total in a higher tier makes nothing
 * less. Seats are not added up, for the same people agree to both.
 */
export function demandTogether(
  rule: string,
  { total, alone }: { readonly total: Tier; readonly alone: Tier },
  added: readonly Added[],
): Demand {
  const demand = demandOf(rule, total, added);
  if (alone === total) return demand;
  const own = demandOf(`${rule}.alone`, alone, added);
  const isAlike = canonical(own.quorum) === canonical(demand.quorum);
  const known = new Set(demand.vetoes.map(({ id }) => id));
  return {
    ...demand,
    ...(isAlike ? {} : { also: own.quorum }),
    floors: [...demand.floors, ...own.floors],
    delaySeconds: own.delaySeconds > demand.delaySeconds ? own.delaySeconds : demand.delaySeconds,
    vetoes: [...demand.vetoes, ...own.vetoes.filter(({ id }) => !known.has(id))],
  };
}

/** Seats are added up, of waits the largest counts, and each floor stands for itself, so that whoever is asked besides does not help to reach it. In the order of ids, so that it does not matter who adds first. */
export function demandOf(rule: string, tier: Tier, added: readonly Added[]): Demand {
  const more = [...added].sort((a, b) => (a.id < b.id ? -1 : 1));
  const quorums = more.flatMap(({ addition }) => (addition.quorum === undefined ? [] : [addition.quorum]));
  const granted = [{ id: rule, veto: tier.veto }, ...more.map(({ id, addition }) => ({ id, veto: addition.veto }))];
  return {
    quorum: quorums.length === 0 ? tier.quorum : { all: [tier.quorum, ...quorums] },
    floors: [
      { ...tier.distinct, quorum: tier.quorum },
      ...more.map(({ addition: { distinct, quorum } }) => ({
        ...distinct,
        quorum: quorum === undefined ? tier.quorum : { all: [tier.quorum, quorum] },
      })),
    ].filter(({ people, units }) => people > 0 || units > 0),
    delaySeconds: Math.max(tier.delaySeconds, ...more.map(({ addition }) => addition.delaySeconds)),
    vetoes: granted.flatMap(({ id, veto }) => (veto === undefined ? [] : [{ id: `${id}.veto`, veto }])),
  };
}

/** What a guard may add: what it always adds where it applies, or what it adds when reserves grow thin. */
export function additionsOf(then: GuardEffect): readonly Addition[] {
  if (then.kind === "add") return [then.addition];
  const warn = then.kind === "reserves" ? then.cover?.warn : undefined;
  return warn === undefined ? [] : [warn.addition];
}

/** Every quorum that a request of the policy's asset may have to meet: of tiers, guards and full limits. */
export function quorumsOf({ rules, guards, limits }: Policy): readonly Quorum[] {
  const additions = [
    ...guards.flatMap(({ then }) => additionsOf(then)),
    ...limits.flatMap(({ over }) => (over === "deny" ? [] : [over])),
  ];
  const added = additions.flatMap(({ quorum }) => (quorum === undefined ? [] : [quorum]));
  return [...rules.flatMap(({ tiers }) => tiers.map(({ quorum }) => quorum)), ...added];
}
