/** The fewest people who can meet what is asked, and how few of one group can be among them. */
import type { Member } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import {
  canMeet,
  kinsOf,
  maxSets,
  peopleOf,
  sizeBound,
  vectors,
  type Ask,
  type Electorate,
  type Kin,
} from "./electorate.ts";
import { Undecided } from "./spots.ts";

/** Undefined when nobody can. Throws `Undecided` over the budget. */
export function fewest(
  ask: Ask,
  electorate: Electorate,
  kins: readonly Kin[] = kinsOf([ask], electorate),
): readonly Member[] | undefined {
  if (!canMeet(ask, kins.flat(), electorate)) return undefined;
  let looked = 0;
  for (let size = 0; size <= sizeBound(ask); size += 1)
    for (const counts of vectors(kins, size)) {
      looked += 1;
      if (looked > maxSets) throw new Undecided("a quorum can be met in more ways than this check looks at");
      const people = peopleOf(kins, counts);
      if (canMeet(ask, people, electorate)) return people;
    }
  return undefined;
}

/** People who meet the ask with at most so many of the group among them; undefined when there are none. */
export function withFewOf(
  ask: Ask,
  electorate: Electorate,
  { group, most }: { group: Name; most: number },
): readonly Member[] | undefined {
  const kins = kinsOf([ask], electorate).flatMap((kin) => split(kin, group));
  const inside = kins.filter(([one]) => one?.groups.includes(group) === true);
  const outside = kins.filter((kin) => !inside.includes(kin)).flat();
  const size = Math.min(most, inside.flat().length);
  let looked = 0;
  for (const counts of vectors(inside, size)) {
    looked += 1;
    if (looked > maxSets) throw new Undecided("a quorum can be met in more ways than this check looks at");
    const people = [...outside, ...peopleOf(inside, counts)];
    if (canMeet(ask, people, electorate)) return thinned(ask, people, electorate);
  }
  return undefined;
}

function split(kin: Kin, group: Name): readonly Kin[] {
  const parts = [kin.filter((one) => one.groups.includes(group)), kin.filter((one) => !one.groups.includes(group))];
  return parts.filter((part) => part.length > 0);
}

/** Nobody of them can be left out. */
function thinned(ask: Ask, people: readonly Member[], electorate: Electorate): readonly Member[] {
  return people.reduce<readonly Member[]>((left, person) => {
    const rest = left.filter((one) => one !== person);
    return canMeet(ask, rest, electorate) ? rest : left;
  }, people);
}

/** Every way to lose so many people, one of those that are alike for all of them. */
export function* losses(kins: readonly Kin[], count: number): Generator<readonly Member[]> {
  const size = Math.min(count, kins.flat().length);
  for (const counts of vectors(kins, size)) yield peopleOf(kins, counts);
}
