/** Which people could meet what is asked: by kinds of people, since two who are alike for a policy are alike in every answer. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Member } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import { waysOf } from "../compile/way.ts";
import type { Demand, Floor } from "../decide/demand.ts";
import type { Groups } from "../policy.ts";
import { peopleMeet } from "../decide/quorum.ts";
import { partsOf, type Quorum } from "../document/requirement.ts";
import { Undecided, type Budget } from "./spots.ts";

/** Seats to fill, and floors, each over those who could sit in its own part of them. */
export type Ask = Pick<Demand, "quorum" | "also" | "floors">;

/** Each filled for itself, and by the same people where they may. */
export function quorumsIn({ quorum, also }: Ask): readonly Quorum[] {
  return also === undefined ? [quorum] : [quorum, also];
}

/** People whom an ask cannot tell apart: the same of its groups, the same kinds of credentials, the same unit. */
export type Kin = readonly Member[];

/** People of a roster who may vote: everybody but the initiator, whom no seat takes. */
export type Electorate = {
  readonly roster: RosterIndex;
  readonly groups: Groups;
  readonly initiator: Name | undefined;
  /** What each look at a set of people costs; looks cost nothing where it is left out. */
  readonly budget?: Budget;
};

/** A seat: its group, and the kinds of credentials that the quorum itself asks for. */
export type Seat = Extract<Quorum, { group: Name }>;

/** More sets of people than this are not looked at; the answer is then unknown, never a guess. */
export const maxSets = 20_000;

/** Every place of the quorum where people of one group sit. */
export function seatsOf(quorum: Quorum): readonly Seat[] {
  if ("group" in quorum) return [quorum];
  return partsOf(quorum).flatMap(seatsOf);
}

/** Whether an order is asked for anywhere. */
export function hasOrder(quorum: Quorum): boolean {
  return "ordered" in quorum || partsOf(quorum).some(hasOrder);
}

/** The same seats in any order: some order of the same people meets the quorum exactly when they meet this. */
export function inAnyOrder(quorum: Quorum): Quorum {
  if ("group" in quorum) return quorum;
  if ("any" in quorum) return { any: quorum.any.map(inAnyOrder) };
  return { all: partsOf(quorum).map(inAnyOrder) };
}

/** Whether the person could sit somewhere in it. */
export function couldSit(person: Member, seats: readonly Seat[], groups: Groups): boolean {
  return seats.some(({ group, credentials }) => {
    const taken = groups.get(group)?.credentials;
    const fits = ({ kind }: { readonly kind: Member["credentials"][number]["kind"] }): boolean =>
      (taken === undefined || taken.has(kind)) && (credentials === undefined || credentials.includes(kind));
    return person.groups.includes(group) && person.credentials.some(fits);
  });
}

/** Those who could sit somewhere, by kind, in the order of their names. */
export function kinsOf(asks: readonly Ask[], { roster, groups, initiator }: Electorate): readonly Kin[] {
  const seats = asks.flatMap(quorumsIn).flatMap(seatsOf);
  const named = new Set(seats.map(({ group }) => group));
  const units = asks.some(({ floors }) => floors.some((floor) => floor.units > 0));
  const kins = new Map<string, Member[]>();
  for (const person of [...roster.roster.people].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (person.id === initiator || !couldSit(person, seats, groups)) continue;
    const key = JSON.stringify([
      person.groups.filter((group) => named.has(group)).sort(),
      [...new Set(person.credentials.map(({ kind }) => kind))].sort(),
      units ? person.unit : undefined,
    ]);
    kins.set(key, [...(kins.get(key) ?? []), person]);
  }
  return [...kins.values()];
}

/** Whether these people, each with every credential of theirs and in the best order, meet what is asked. */
export function canMeet(ask: Ask, people: readonly Member[], electorate: Electorate): boolean {
  const { roster, groups, budget } = electorate;
  const quorums = quorumsIn(ask);
  if (budget !== undefined) for (const quorum of quorums) spend(budget, waysOf(quorum));
  if (!ask.floors.every((floor) => reaches(floor, people, groups))) return false;
  const ids = new Set(people.map(({ id }) => id));
  return quorums.every((quorum) => peopleMeet(inAnyOrder(quorum), ids, roster, groups));
}

/** A quorum of many ways is as much work as many cases. */
function spend(budget: Budget, cost: number): void {
  budget.left -= cost;
  if (budget.left < 0) throw new Undecided("there are too many ways to meet a quorum");
}

function reaches(floor: Floor, people: readonly Member[], groups: Groups): boolean {
  const seats = seatsOf(floor.quorum);
  const sitting = people.filter((person) => couldSit(person, seats, groups));
  const units = new Set(sitting.flatMap(({ unit }) => unit ?? []));
  return sitting.length >= floor.people && units.size >= floor.units;
}

/** No smallest set of people that meets the ask is larger: its seats, and whom each floor wants beside those who sit in its part. */
export function sizeBound(ask: Ask): number {
  const seats = quorumsIn(ask).map((quorum) => seatCount(quorum, Math.max));
  const beside = ask.floors.map((floor) => Math.max(0, floor.people - seatCount(floor.quorum, Math.min)) + floor.units);
  return [...seats, ...beside].reduce((sum, count) => sum + count, 0);
}

/** Of several ways, the one with the most seats or the fewest. */
function seatCount(quorum: Quorum, pick: (...counts: readonly number[]) => number): number {
  if ("group" in quorum) return quorum.min;
  const counts = partsOf(quorum).map((part) => seatCount(part, pick));
  return "any" in quorum ? pick(...counts) : counts.reduce((sum, count) => sum + count, 0);
}

export type Sets =
  { readonly kind: "sets"; readonly sets: readonly (readonly Member[])[] } | { readonly kind: "too-many" };

/**
 * Every smallest set of people that meets the ask, one for all that are alike, the fewest first: no proper subset of it does.
 * `kins` may tell more people apart than the ask itself does.
 */
export function smallestSets(ask: Ask, electorate: Electorate, kins: readonly Kin[] = kinsOf([ask], electorate)): Sets {
  const found: (readonly number[])[] = [];
  let looked = 0;
  for (let size = 0; size <= sizeBound(ask); size += 1) {
    for (const counts of vectors(kins, size)) {
      looked += 1;
      if (looked > maxSets) return { kind: "too-many" };
      if (found.some((least) => least.every((count, index) => count <= (counts[index] ?? 0)))) continue;
      if (canMeet(ask, peopleOf(kins, counts), electorate)) found.push(counts);
    }
  }
  return { kind: "sets", sets: found.map((counts) => peopleOf(kins, counts)) };
}

/** Every way to take so many people from the kinds. */
export function* vectors(kins: readonly Kin[], size: number, index = 0): Generator<readonly number[]> {
  const kin = kins[index];
  if (kin === undefined) {
    if (size === 0) yield [];
    return;
  }
  if (size > kins.slice(index).reduce((sum, { length }) => sum + length, 0)) return;
  for (let count = Math.min(kin.length, size); count >= 0; count -= 1)
    for (const rest of vectors(kins, size - count, index + 1)) yield [count, ...rest];
}

export function peopleOf(kins: readonly Kin[], counts: readonly number[]): readonly Member[] {
  return kins.flatMap((kin, index) => kin.slice(0, counts[index] ?? 0));
}
