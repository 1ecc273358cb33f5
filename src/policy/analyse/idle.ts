/** What can never happen: rules and tiers that no request reaches, guards and limits that no request meets. */
import type { Name } from "../../values/name.ts";
import type { PolicyFinding } from "./finding.ts";
import { applies, counts, type Denied } from "./outcome.ts";
import type { Guard, Limit, Policy, Rule, Tier } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import { holdsIn, type Spot } from "./spot.ts";
import { shown, type Terrain, type Visit } from "./survey.ts";

/** What was met on a walk over every rule. */
type Seen = {
  readonly terrain: Terrain;
  readonly tiers: ReadonlyMap<Rule, readonly TierSeen[]>;
  /** Rules that some request matches together with another. */
  readonly overlapping: Set<Rule>;
  readonly idleGuards: Set<Guard>;
  readonly idleLimits: Set<Limit>;
  /** Guards whose `unless`, if they have one, held nowhere yet, and whether their `when` did. */
  readonly unlifted: Map<Guard, boolean>;
};

type TierSeen = {
  permitted: boolean;
  denied: { readonly tier: Tier; readonly spot: Spot; readonly outcome: Denied } | undefined;
};

export type Idle = { readonly see: (visit: Visit) => void; readonly findings: () => readonly PolicyFinding[] };

export function idleOf(terrain: Terrain): Idle {
  const { rules, guards, limits } = terrain.ground.policy;
  const fresh = (): TierSeen => ({ permitted: false, denied: undefined });
  const seen: Seen = {
    terrain,
    tiers: new Map(rules.map((rule) => [rule, rule.tiers.map(fresh)])),
    overlapping: new Set(),
    idleGuards: new Set(guards),
    idleLimits: new Set(limits),
    unlifted: new Map(guards.map((guard) => [guard, false])),
  };
  return {
    see: (visit) => {
      note(seen, visit);
    },
    findings: () => [
      ...rules.flatMap((rule, index) => ruleFindings(seen, rule, `rules.${index}`)),
      ...guards.flatMap((guard, index) => guardFindings(seen, guard, `guards.${index}`)),
      ...limits.flatMap((limit, index) => limitFindings(seen, limit, `limits.${index}`)),
    ],
  };
}

function note(seen: Seen, visit: Visit): void {
  const { rule, tier, outcome } = visit;
  if (tier === undefined) return;
  const here = seen.tiers.get(rule)?.[rule.tiers.indexOf(tier)];
  if (here !== undefined) {
    here.permitted ||= outcome.kind === "permitted";
    if (outcome.kind === "denied") here.denied ??= { tier, spot: visit.spot, outcome };
  }
  if (outcome.kind === "ambiguous") for (const one of outcome.rules) seen.overlapping.add(one);
  noteGuards(seen, visit, tier.sign);
  const { policy } = seen.terrain.ground;
  for (const limit of seen.idleLimits) if (counts(policy, limit, visit.spot, tier.sign)) seen.idleLimits.delete(limit);
}

/** Guards that were met are looked for no more. */
function noteGuards({ terrain, idleGuards, unlifted }: Seen, { spot }: Visit, key: Name): void {
  const { policy } = terrain.ground;
  for (const guard of idleGuards) if (applies(policy, guard, spot, key)) idleGuards.delete(guard);
  for (const guard of unlifted.keys()) {
    if (guard.unless === undefined || holdsIn({ condition: guard.when, policy }, spot, key) !== true) continue;
    if (holdsIn({ condition: guard.unless, policy }, spot, key) === true) unlifted.delete(guard);
    else unlifted.set(guard, true);
  }
}

function ruleFindings(seen: Seen, rule: Rule, field: string): readonly PolicyFinding[] {
  const { terrain } = seen;
  const tiers = seen.tiers.get(rule) ?? [];
  const reason = (one: TierSeen | undefined): string => whyNot(terrain.ground.policy, rule, one);
  // A broken separation denies everything, and says so itself.
  if (terrain.ground.broken !== undefined) return [];
  const proof = (one: TierSeen | undefined): Pick<PolicyFinding, "example"> =>
    one?.denied === undefined ? {} : shown(terrain, one.denied.spot, one.denied.tier.sign);
  const ambiguous = seen.overlapping.has(rule);
  if (tiers.every(({ permitted }) => !permitted) && !ambiguous) {
    const first = tiers.find(({ denied }) => denied !== undefined) ?? tiers[0];
    return [
      {
        code: "policy.rule-dead",
        severity: "error",
        field,
        message: `\`${rule.id}\` never permits anything: ${reason(first)}`,
        ...proof(first),
      },
    ];
  }
  return tiers.flatMap((one, index): readonly PolicyFinding[] => {
    if (one.permitted) return cutFindings(terrain, one, `${field}.tiers.${index}`);
    if (ambiguous || isForBatches(rule, index, one)) return [];
    const message = `no request of this tier is ever allowed: ${reason(one)}`;
    return [
      {
        code: "policy.tier-unreachable",
        severity: "warning",
        field: `${field}.tiers.${index}`,
        message,
        ...proof(one),
      },
    ];
  });
}

/** No request is so large by itself, and a batch may be. */
function isForBatches({ tiers, batch }: Rule, index: number, { denied }: TierSeen): boolean {
  const from = tiers[index]?.from;
  return batch !== undefined && denied === undefined && from !== undefined && from <= batch.total;
}

/** The upper part of a tier that a limit can never take, however little was used. */
function cutFindings({ ground: { policy } }: Terrain, { denied }: TierSeen, field: string): readonly PolicyFinding[] {
  const limit = policy.limits.find(({ id }) => denied?.outcome.clause === `limit.${id}`);
  if (limit === undefined) return [];
  const message = `amounts over ${inAsset(limit.max, policy)} of this tier never fit limit \`${limit.id}\``;
  return [{ code: "policy.tier-cut", severity: "note", field, message }];
}

function whyNot(policy: Policy, rule: Rule, one: TierSeen | undefined): string {
  const clause = one?.denied?.outcome.clause;
  if (clause === undefined) return "no request that the rule matches has such an amount, recipient and initiator";
  if (clause === "rule") return `its key is not an account that \`${rule.id}\` is for`;
  const limit = policy.limits.find(({ id }) => clause === `limit.${id}`);
  if (limit !== undefined) return `limit \`${limit.id}\` takes at most ${inAsset(limit.max, policy)}`;
  return `${clause} denies it`;
}

function guardFindings({ terrain, idleGuards, unlifted }: Seen, guard: Guard, field: string): readonly PolicyFinding[] {
  if (idleGuards.has(guard)) {
    const carried = terrain.ground.policy.rules.some(({ when }) =>
      [...when.operations].some((one) => guard.when.operations.has(one)),
    );
    const message = `guard \`${guard.id}\` applies to no request that a rule matches`;
    return [{ code: "policy.guard-idle", severity: carried ? "warning" : "note", field, message }];
  }
  if (unlifted.get(guard) !== true) return [];
  const message = `guard \`${guard.id}\` always applies: no request that a rule matches meets its \`unless\``;
  return [{ code: "policy.guard-always", severity: "warning", field: `${field}.unless`, message }];
}

function limitFindings({ idleLimits }: Seen, limit: Limit, field: string): readonly PolicyFinding[] {
  if (!idleLimits.has(limit)) return [];
  const message = `limit \`${limit.id}\` counts nothing: no request that a rule matches falls under it`;
  return [{ code: "policy.limit-idle", severity: "warning", field, message }];
}
