/** Every rule of a policy walked spot by spot: what becomes of each, which guards apply, which limits count. */
import type { Name } from "../../values/name.ts";
import type { Condition } from "../compile/condition.ts";
import {
  groundOf,
  isVoid,
  outcomeBy,
  outcomeIn,
  tierIn,
  totalsIn,
  uncoverable,
  type Ground,
  type Outcome,
} from "./outcome.ts";
import type { Limit, Policy, Rule, Tier } from "../policy.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import { isAlways, nothingAsked } from "../compile/condition.ts";
import type { Placed, Spot } from "./spot.ts";
import { exampleOf, witnessOf, type Example } from "./witness.ts";
import { mayMeet, noon, spaceOf, spotsIn, Undecided, type Budget, type Space } from "./spots.ts";
import { edgesOf as typedEdges } from "./typed-slots.ts";

export type Visit = {
  readonly rule: Rule;
  /** Undefined above the last tier. */
  readonly tier: Tier | undefined;
  readonly spot: Spot;
  readonly outcome: Outcome;
};

/** What a walk needs, made once for a policy and a roster. */
export type Terrain = {
  readonly ground: Ground;
  readonly space: Space;
  /** Conditions of the policy besides those of its rules. */
  readonly conditions: readonly Placed[];
  /** Amounts at which a limit or the cover by reserves changes what becomes of a request. */
  readonly edges: readonly bigint[];
  /** Rules that somebody in two groups could match together with this one. */
  readonly rivals: ReadonlyMap<Rule, readonly Rule[]>;
};

/** `extra` are conditions of claims, or of another policy: spots are cut along them too. Addresses are told apart as the rules of `others` do, too. */
export function terrainOf(
  policy: Policy,
  roster: RosterIndex,
  extra: readonly Placed[] = [],
  others: readonly Policy[] = [],
): Terrain {
  const place = (condition: Condition): Placed => ({ condition, policy });
  const own = [
    ...policy.guards.flatMap(({ when, unless }) =>
      unless === undefined ? [place(when)] : [place(when), place(unless)],
    ),
    ...policy.limits.flatMap(conditionsOf).map(place),
  ].filter(({ condition }) => !isAlways(condition));
  const rules = [policy, ...others].flatMap((one) => one.rules.map(({ when }) => ({ condition: when, policy: one })));
  return {
    ground: groundOf(policy, roster),
    space: spaceOf([policy, ...others], roster, [...own, ...rules, ...extra]),
    conditions: [...own, ...extra],
    edges: edgesOf(policy),
    rivals: rivalsOf(policy, roster),
  };
}

/** What a limit is asked of; and, of one by the calendar, whether local time is known. */
export function conditionsOf({ when, window }: Limit): readonly Condition[] {
  const anyTime = { days: undefined, fromSecond: 0, belowSecond: 86_400, holidays: undefined };
  return window.kind === "rolling"
    ? [when]
    : [when, { ...nothingAsked, operations: when.operations, offered: when.offered, time: anyTime }];
}

export function edgesOf(policy: Policy): readonly bigint[] {
  return [
    ...policy.limits.flatMap(({ metric, max }) => (metric === "sum" ? [max + 1n] : [])),
    ...policy.guards.flatMap((guard) => uncoverable(policy, guard)),
  ];
}

/**
 * Rules for one and the same group are proved apart when a policy is compiled; of others only those whom somebody is in both of. A rule
 * that asks for another account than its own key's is walked with that key, where it does not match, so nothing is proved of it there.
 */
function rivalsOf({ rules }: Policy, roster: RosterIndex): ReadonlyMap<Rule, readonly Rule[]> {
  const groups = [...new Set(rules.map(({ when }) => when.initiator))];
  const shared = new Map(
    groups.map((group) => [
      group,
      new Set(
        groups.filter((other) => other !== group && roster.members(group).some(({ id }) => roster.inGroup(id, other))),
      ),
    ]),
  );
  const of = (rule: Rule): readonly Rule[] => {
    const { accounts } = rule.when;
    if (accounts !== undefined && rule.tiers.some(({ sign }) => !accounts.has(sign)))
      return rules.filter((other) => other !== rule);
    const near = shared.get(rule.when.initiator);
    return near === undefined || near.size === 0 ? [] : rules.filter((other) => near.has(other.when.initiator));
  };
  return new Map(rules.map((rule) => [rule, of(rule)]));
}

/** Walks the requests of one rule, each with the key of its tier. Throws `Undecided` when there are too many. */
export function* visits(
  rule: Rule,
  terrain: Terrain,
  budget: Budget,
  breakers: readonly Placed[] = [],
): Generator<Visit> {
  const { ground } = terrain;
  const rules = [rule, ...nearTo(rule, terrain)];
  for (const spot of spotsOf(rule, terrain, budget, breakers)) {
    const tier = rule.tiers.find(({ from, below }) => from <= spot.amount.from && spot.amount.from < below);
    const key = tier?.sign ?? fallback(rule);
    if (isVoid(spot, key, ground)) continue;
    yield { rule, tier, spot, outcome: outcomeIn(ground, spot, key, rules) };
  }
}

/** A request in a batch; `total` is the same request as large as all of it. */
export type BatchVisit = Omit<Visit, "tier"> & { readonly tier: Tier; readonly total: Spot };

/** Walks them again as parts of batches: for each total above the request's own amount, with the key of the tier of that total. */
export function* batchVisits(rule: Rule, terrain: Terrain, budget: Budget): Generator<BatchVisit> {
  const { ground } = terrain;
  if (rule.batch === undefined) return;
  const rules = [rule, ...nearTo(rule, terrain)];
  const edges = [...rule.tiers.map(({ below }) => below), ...terrain.conditions.flatMap(amountsOf)];
  const breakers = terrain.conditions.map(ofAnyAmount);
  for (const spot of spotsOf(rule, terrain, budget, breakers)) {
    for (const total of totalsIn(rule, spot, edges)) {
      budget.left -= 1;
      if (budget.left < 0) throw new Undecided("there are more cases than this check looks at");
      const tier = tierIn(rule, total);
      if (tier === undefined || isVoid(spot, tier.sign, ground)) continue;
      const asked = { key: tier.sign, rules, tierOf: () => tier, total };
      yield { rule, tier, spot, total, outcome: outcomeBy(ground, spot, asked) };
    }
  }
}

function amountsOf({ condition: { amount, args } }: Placed): readonly bigint[] {
  const said = args.flatMap(({ name, test }) => (name === "amount" ? typedEdges(test, noon) : []));
  return amount === undefined ? said : [amount.from, amount.below, ...said];
}

/** A condition that is about no request of a rule may be about a total. */
export function ofAnyAmount({ condition, policy }: Placed): Placed {
  return { condition: { ...condition, amount: undefined }, policy };
}

function nearTo(rule: Rule, { rivals }: Terrain): readonly Rule[] {
  return rivals.get(rule) ?? [];
}

function* spotsOf(rule: Rule, terrain: Terrain, budget: Budget, breakers: readonly Placed[]): Generator<Spot> {
  const { ground, space, conditions, edges } = terrain;
  const { policy } = ground;
  const near = nearTo(rule, terrain);
  const within: Placed = { condition: rule.when, policy };
  const others = [...conditions, ...near.map(({ when }) => ({ condition: when, policy })), ...breakers];
  const meeting = others.filter((other) =>
    [...rule.when.operations].some((operation) => mayMeet(within, other, operation)),
  );
  const tiers = [rule, ...near].flatMap((one) => one.tiers.map(({ below }) => below));
  yield* spotsIn(within, meeting, space, { budget, edges: [...tiers, ...edges] });
}

/** Of an amount above every tier, which nobody signs. */
function fallback({ tiers }: Rule): Name {
  const [first] = tiers;
  if (first === undefined) throw new RangeError("a rule has a tier");
  return first.sign;
}

/** The request that stands for the spot, without votes; to be spread into a finding. */
export function shown({ ground: { policy, roster } }: Terrain, spot: Spot, key: Name): { readonly example?: Example } {
  const witness = witnessOf(spot, key, { policy, roster });
  return witness === undefined ? {} : { example: exampleOf(witness, policy, roster) };
}
