/** What changes from one policy to another by meaning: the requests whose outcome differs, and whether it asks for more or less. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Name } from "../../values/name.ts";
import type { AddressClass } from "./address-classes.ts";
import type { Condition } from "../compile/condition.ts";
import { differenceOf, type Difference, type Effect, type Memory } from "./difference.ts";
import type { Electorate } from "./electorate.ts";
import { outcomeIn, type Ground, type Outcome } from "./outcome.ts";
import type { Policy, Rule } from "../policy.ts";
import { joined, regionOf, regionText, type Wording } from "./region.ts";
import { settingChanges, type SettingChange } from "./settings.ts";
import type { Placed, Spot } from "./spot.ts";
import { defaultBudget, mayMeet, Undecided, type Budget, type Bounded } from "./spots.ts";
import { conditionsOf, edgesOf, shown, terrainOf, visits, type Terrain } from "./survey.ts";
import { syntheticRoster } from "./synthetic-roster.ts";
import type { Example } from "./witness.ts";

export type RegionChange = {
  readonly effect: Effect;
  /** The requests, in words. */
  readonly region: string;
  readonly from: string;
  readonly to: string;
  readonly example?: Example;
};

export type Diff = {
  /** `loosening` as soon as anything is looser, incomparable, or could not be told; `undecided` when nothing is said at all. */
  readonly kind: "same" | "tightening" | "loosening" | "undecided";
  readonly regions: readonly RegionChange[];
  readonly settings: readonly SettingChange[];
  readonly syntheticRoster: boolean;
  readonly lines: readonly string[];
};

/** Over every request, for people of this roster; without one, for everybody whom neither policy excludes. */
export function diff(
  before: Policy,
  next: Policy,
  given?: RosterIndex,
  { budget = defaultBudget }: Bounded = {},
): Diff {
  const roster = given ?? syntheticRoster(together(before, next));
  const made = given === undefined;
  try {
    const regions = regionChanges(before, next, { roster, budget: { left: budget } });
    const settings = settingChanges(before, next, roster);
    const effects = [...regions, ...settings].map(({ effect }) => effect);
    const kind =
      effects.length === 0 ? "same" : effects.every((effect) => effect === "tightening") ? "tightening" : "loosening";
    return { kind, regions, settings, syntheticRoster: made, lines: linesOf(regions, settings, made) };
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return {
      kind: "undecided",
      regions: [],
      settings: [],
      syntheticRoster: made,
      lines: [`cannot tell: ${error.message}`],
    };
  }
}

/** A policy of all that stands in either, of which a roster is made up. */
function together(before: Policy, next: Policy): Policy {
  const inBoth = next.separation.filter((pair) =>
    before.separation.some((other) => [...other].sort().join() === [...pair].sort().join()),
  );
  return {
    ...next,
    separation: inBoth,
    groups: new Map([...before.groups, ...next.groups]),
    rules: [...before.rules, ...next.rules],
    guards: [...before.guards, ...next.guards],
    limits: [...before.limits, ...next.limits],
  };
}

type Found = { readonly difference: Difference; readonly spot: Spot; readonly key: Name };

function regionChanges(
  before: Policy,
  next: Policy,
  given: { roster: RosterIndex; budget: Budget },
): readonly RegionChange[] {
  const { roster, budget } = given;
  const [a, b] = [terrainOf(before, roster, placedIn(next), [next]), terrainOf(next, roster, placedIn(before))];
  // One space for both, so that a class of addresses has one number.
  const pair = { before: a, next: { ...b, space: a.space } };
  const groups = new Map<string, Found[]>();
  for (const found of differences(pair, budget)) {
    const { effect, from, to } = found.difference;
    const key = JSON.stringify([effect, from, to]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [found]);
    else known.push(found);
  }
  const wording: Wording = { policies: [next, before], classes: a.space.classes };
  return [...groups.values()].flatMap((found) => changesOf(found, pair, wording)).sort(bySeriousness);
}

/** Each region with the first cell that it was joined from. */
function changesOf(found: readonly Found[], { before, next }: Pair, wording: Wording): readonly RegionChange[] {
  const regions = joined(found.map((one) => ({ ...regionOf(one.spot, one.key), first: one })));
  return regions.map(({ first: { difference, spot, key }, ...region }): RegionChange => {
    const terrain = difference.effect === "tightening" ? before : next;
    return { ...difference, region: regionText(region, wording), ...shown(terrain, spot, key) };
  });
}

const seriousness: Readonly<Record<Effect, number>> = { loosening: 0, incomparable: 1, undecided: 2, tightening: 3 };

function bySeriousness(one: RegionChange, other: RegionChange): number {
  return seriousness[one.effect] - seriousness[other.effect] || (one.region < other.region ? -1 : 1);
}

type Pair = { readonly before: Terrain; readonly next: Terrain };

function placedIn(policy: Policy): readonly Placed[] {
  const place = (condition: Condition): Placed => ({ condition, policy });
  return [
    ...policy.guards.flatMap(({ when, unless }) =>
      unless === undefined ? [place(when)] : [place(when), place(unless)],
    ),
    ...policy.limits.flatMap(conditionsOf).map(place),
  ];
}

/** Whatever either policy permits lies in one of its rules, so a walk over the rules of both sees everything that can differ. */
function* differences(pair: Pair, budget: Budget): Generator<Found> {
  const memory: Memory = new Map();
  for (const which of ["before", "next"] as const) {
    const near = neighbours(pair, which);
    for (const rule of pair[which].ground.policy.rules)
      yield* differencesOf({ pair, which, rule, near: near(rule) }, memory, budget);
  }
}

type Walk = {
  readonly pair: Pair;
  readonly which: keyof Pair;
  readonly rule: Rule;
  /** Rules of the other policy that some of its requests could match. */
  readonly near: readonly Rule[];
};

function* differencesOf({ pair, which, rule, near }: Walk, memory: Memory, budget: Budget): Generator<Found> {
  const [own, other] = which === "before" ? [pair.before, pair.next] : [pair.next, pair.before];
  const { policy } = other.ground;
  const breakers = near.map(({ when }): Placed => ({ condition: when, policy }));
  const edges = [...own.edges, ...near.flatMap(({ tiers }) => tiers.map(({ below }) => below)), ...edgesOf(policy)];
  for (const { spot, outcome } of visits(rule, { ...own, edges }, budget, breakers)) {
    if (outcome.kind !== "permitted") continue;
    const key = outcome.tier.sign;
    const there = outcomeIn(other.ground, spot, key, near);
    // Seen already on the way through the rules of the first.
    if (which === "next" && there.kind === "permitted") continue;
    const outcomes = which === "before" ? ([outcome, there] as const) : ([there, outcome] as const);
    const difference = between(pair, { spot, outcomes, memory });
    if (difference !== undefined) yield { difference, spot, key };
  }
}

function between(
  { before, next }: Pair,
  {
    spot,
    outcomes: [a, b],
    memory,
  }: { readonly spot: Spot; readonly outcomes: readonly [Outcome, Outcome]; readonly memory: Memory },
): Difference | undefined {
  const initiator = spot.initiators[0]?.id;
  const electorate = ({ policy, roster }: Ground): Electorate => ({ roster, groups: policy.groups, initiator });
  return differenceOf(
    { policy: before.ground.policy, outcome: a, electorate: electorate(before.ground) },
    { policy: next.ground.policy, outcome: b, electorate: electorate(next.ground) },
    memory,
  );
}

/** Rules of the other policy that some request of a rule could match: by operation, amounts, who asks, and who receives. */
function neighbours({ before, next }: Pair, which: keyof Pair): (rule: Rule) => readonly Rule[] {
  const [own, other] = which === "before" ? [before, next] : [next, before];
  const { classes, roster } = own.space;
  const receiving = (rule: Rule, policy: Policy): ReadonlySet<AddressClass> | undefined => {
    const list = rule.when.to?.kind === "in" ? policy.lists.get(rule.when.to.list) : undefined;
    return list === undefined ? undefined : new Set(classes.filter((one) => one.lists.has(list)));
  };
  const theirs = other.ground.policy.rules.map((rule) => ({ rule, receivers: receiving(rule, other.ground.policy) }));
  const shares = new Map<string, boolean>();
  const shareSomebody = (one: Name, two: Name): boolean => {
    const key = `${one} ${two}`;
    const known = shares.get(key) ?? roster.members(one).some(({ id }) => roster.inGroup(id, two));
    shares.set(key, known);
    return known;
  };
  return (rule) => {
    const mine = receiving(rule, own.ground.policy);
    const placed = { condition: rule.when, policy: own.ground.policy };
    return theirs
      .filter(({ rule: there, receivers }) => {
        const meeting = [...rule.when.operations].some((operation) =>
          mayMeet(placed, { condition: there.when, policy: other.ground.policy }, operation),
        );
        if (!meeting || !shareSomebody(rule.when.initiator, there.when.initiator)) return false;
        return mine === undefined || receivers === undefined || [...mine].some((one) => receivers.has(one));
      })
      .map(({ rule: there }) => there);
  };
}

function linesOf(
  regions: readonly RegionChange[],
  settings: readonly SettingChange[],
  made: boolean,
): readonly string[] {
  const lines = [
    ...regions.flatMap(({ effect, region, from, to, example }) => [
      `${effect}: ${region}`,
      `  before: ${from}`,
      `  then: ${to}`,
      ...(example === undefined ? [] : [`  for example: ${example.text}`]),
    ]),
    ...settings.map(({ effect, field, from, to }) => `${effect}: ${field}: ${from} → ${to}`),
  ];
  const said = lines.length === 0 ? ["no request is decided differently"] : lines;
  return made ? [...said, "no roster was given: compared for anybody whom neither policy excludes"] : said;
}
