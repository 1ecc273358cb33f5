/** Bends of who votes, in which order, how long it waits and who objects. */
import { type Bend, fresh, addGuard, demand, loseVoters, isMet } from "./bending.ts";
import { secondsOf } from "./measure.ts";
import type { PlainCase, PlainQuorum } from "./plain.ts";
import { castVotes, mainTier } from "./random-base.ts";
import { delays, leaf, randomVeto } from "./random-policy.ts";
import { initiatorGroups, voterGroups } from "./random-roster.ts";
import { additions, answer } from "./reference.ts";
import type { Chooser } from "./tape.ts";

/** The tier gets a quorum of this shape, and voters go until it falls, or until one more would make it fall. */
function breakQuorum(shape: (choose: Chooser) => PlainQuorum): Bend {
  return (one, choose, over) => {
    const tier = mainTier(one);
    const before = tier.quorum;
    for (let tries = 0; tries < 4; tries += 1) {
      tier.quorum = shape(choose);
      castVotes(one, choose);
      if (isMet(one)) break;
      tier.quorum = before;
    }
    castVotes(one, choose);
    loseVoters(one, choose, over);
  };
}
const orders: ((choose: Chooser) => PlainQuorum)[] = [
  (choose) => ({ ordered: [leaf(choose, 1), leaf(choose, 1)] }),
  (choose) => ({ ordered: [leaf(choose), leaf(choose, 1)] }),
  (choose) => ({ ordered: [leaf(choose, 1), leaf(choose, 1), leaf(choose, 1)] }),
  (choose) => ({ ordered: [{ any: [leaf(choose, 1), leaf(choose)] }, leaf(choose, 1)] }),
  (choose) => ({ any: [{ ordered: [leaf(choose, 1), leaf(choose, 1)] }, leaf(choose, 3)] }),
];

/** The same votes in another order. */
const disorder: Bend = (one, choose, over) => {
  const tier = mainTier(one);
  tier.quorum = choose.of(orders)(choose);
  castVotes(one, choose);
  if (choose.chance(30))
    addGuard(
      one,
      { id: fresh(one), add: { quorum: choose.chance(30) ? choose.of(orders)(choose) : leaf(choose, 1) } },
      choose,
    );
  const positions = choose.of([
    (): number => choose.below(4),
    (): number => choose.below(30),
    (): undefined => undefined,
    (index: number): number => 100 - index,
  ]);
  if (choose.chance(50)) one.facts.votes = one.facts.votes.filter(() => choose.chance(70));
  if (!over) return;
  one.facts.votes.forEach((vote, index) => {
    const position = positions(index);
    if (position === undefined) Reflect.deleteProperty(vote, "position");
    else vote.position = position;
  });
};
export const quorums: Bend[] = [
  breakQuorum((choose) => leaf(choose, 3)),
  breakQuorum((choose) => ({ all: [leaf(choose), leaf(choose, 1)] })),
  breakQuorum((choose) => ({ any: [leaf(choose), { all: [leaf(choose, 1), leaf(choose, 1)] }] })),
  breakQuorum((choose) => choose.of(orders)(choose)),
  disorder,
  disorder,
  (one, choose, over) => {
    demand(one, choose, { quorum: leaf(choose, 2) });
    loseVoters(one, choose, over);
  },
  // Of one person who could fill two seats, one of them by an addition.
  (one, choose, over) => {
    const { roster, policy, initiator } = one;
    const double = roster.people.find(
      ({ id, groups }) => id !== initiator && groups.filter((group) => voterGroups.includes(group)).length > 1,
    );
    if (double === undefined) return;
    const [first, second] = double.groups.filter((group) => voterGroups.includes(group));
    for (const group of [first!, second!]) if (policy.groups[group] !== undefined) policy.groups[group] = { min: 1 };
    mainTier(one).quorum = { group: first!, min: 1 };
    demand(one, choose, { quorum: { group: second!, min: 1 } });
    const other = roster.people.find(
      ({ id, groups }) => id !== initiator && id !== double.id && groups.includes(second!),
    );
    one.facts.votes = one.facts.votes.filter(({ person }) => person === double.id || (!over && person === other?.id));
  },
  (one, choose, over) => {
    const groups = answer(one).failing.length === 0 ? [mainTier(one).quorum] : [];
    const named = JSON.stringify(groups).match(/(?<="group":")[a-z]+/g) ?? [];
    if (named.length === 0) return;
    const group = choose.of(named);
    const count = one.roster.people.filter((person) => person.groups.includes(group)).length;
    one.policy.groups[group] = { ...one.policy.groups[group], min: over ? count + choose.of([1, 1, 5]) : count };
  },
  ...(["people", "units"] as const).flatMap((which): Bend[] => [
    (one, choose, over) => {
      // Fewer voters than before, so that the floor may be near.
      mainTier(one).quorum = leaf(choose, 1);
      castVotes(one, choose);
      if (choose.chance(60)) loseVoters(one, choose, false);
      const least = leastDistinct(one, which) + (over ? 1 : 0);
      if (least < 1) return;
      if (choose.chance(60)) mainTier(one).distinct = { [which]: least };
      else demand(one, choose, { distinct: { [which]: least } });
    },
  ]),
];

/** The highest floor that the case still meets. */
function leastDistinct(one: PlainCase, which: "people" | "units"): number {
  const tier = mainTier(one);
  for (let floor = 1; floor < 9; floor += 1) {
    tier.distinct = { [which]: floor };
    const failing = answer(one).failing.some(({ cause }) => cause === `distinct ${which}`);
    Reflect.deleteProperty(tier, "distinct");
    if (failing) return floor - 1;
  }
  return 8;
}

/** First seen just long enough ago for the longest wait, or not quite. */
function wait(one: PlainCase, choose: Chooser, over: boolean): void {
  const longest = Math.max(
    ...[mainTier(one), ...additions(one).map(({ addition }) => addition)].map(({ delay }) => secondsOf(delay)),
  );
  one.facts.firstSeen = one.facts.now - longest + (over ? choose.of([1, 1, longest, longest + 50]) : 0);
}

export const waits: Bend[] = [
  (one, choose, over) => {
    mainTier(one).delay = choose.of(delays);
    wait(one, choose, over);
  },
  (one, choose, over) => {
    Reflect.deleteProperty(mainTier(one), "delay");
    Reflect.deleteProperty(mainTier(one), "veto");
    demand(one, choose, { delay: choose.of(delays) });
    wait(one, choose, over);
  },
  ...[false, true].map((added): Bend => (one, choose, over) => {
    const { roster, facts } = one;
    const veto = randomVeto(choose);
    if (added) demand(one, choose, { delay: "1h", veto });
    else Object.assign(mainTier(one), { delay: "1h", veto });
    const members = choose.shuffled(roster.people.filter(({ groups }) => groups.includes(veto.group)));
    const objectors = members.slice(0, over ? veto.min : veto.min - 1).map(({ id }) => id);
    // Whoever objects twice is one person, and neither a stranger nor a service objects.
    const noise = ["nobody", "bot", ...objectors.slice(0, 1)];
    facts.vetoes = choose
      .shuffled([...objectors, ...choose.some(noise)])
      .map((person) => ({ person, at: facts.now - 60 }));
  }),
];

export const separations: Bend[] = [
  (one, choose, over) => {
    const { roster, policy } = one;
    const members = [...roster.people, ...roster.services];
    const groups = [...initiatorGroups, ...voterGroups, "attestors"];
    const pairs = groups.flatMap((a, index) => groups.slice(index + 1).map((b): [string, string] => [a, b]));
    const shared = pairs.filter(([a, b]) =>
      members.some((member) => member.groups.includes(a) && member.groups.includes(b)),
    );
    const apart = pairs.filter((pair) => !shared.includes(pair));
    const from = over ? shared : apart;
    if (from.length > 0) policy.separation = [choose.of(from), ...choose.some(apart).slice(0, 2)];
  },
];

/** Floors and waits, which a missing seat often hides. */
export const hidden: Bend[] = [...quorums.slice(-3), quorums[1]!, quorums[2]!, ...waits.slice(0, 2), waits[1]!];
