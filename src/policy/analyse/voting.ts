/** Votes of people who agree, in an order that meets what is asked. */
import type { Member } from "../../roster/roster.ts";
import {
  canMeet,
  couldSit,
  hasOrder,
  inAnyOrder,
  quorumsIn,
  seatsOf,
  type Ask,
  type Electorate,
} from "./electorate.ts";
import type { Vote } from "../facts.ts";
import { assign } from "../decide/quorum.ts";
import { voteOf } from "../trial/world.ts";

/** Each with every credential, one person after the other. */
export function votesOf(people: readonly Member[]): readonly Vote[] {
  return people
    .flatMap((person) => person.credentials.map((credential) => ({ person: person.id, credential })))
    .map(({ person, credential }, index) => voteOf(person, credential, index + 1));
}

/** Whether these people, voting in this order, meet what is asked. */
export function meetInOrder(ask: Ask, people: readonly Member[], electorate: Electorate): boolean {
  if (!canMeet(ask, people, electorate)) return false;
  const votes = votesOf(people);
  return quorumsIn(ask)
    .filter(hasOrder)
    .every((quorum) => assign(quorum, votes, electorate.roster, electorate.groups).met);
}

/** Most orders that are tried when the order of the seats is not it. */
const maxOrders = 5_040;

/** The same people in an order that meets the ask; undefined when none was found. */
export function inMeetingOrder(
  ask: Ask,
  people: readonly Member[],
  electorate: Electorate,
): readonly Member[] | undefined {
  if (!quorumsIn(ask).some(hasOrder)) return canMeet(ask, people, electorate) ? people : undefined;
  // Seats stand in the order of the stages, so whoever sits in an earlier one votes earlier.
  const { seats } = assign(inAnyOrder(ask.quorum), votesOf(people), electorate.roster, electorate.groups);
  const seated = seats.flatMap(({ person }) => people.find(({ id }) => id === person) ?? []);
  const bySeat = [...seated, ...people.filter((person) => !seated.includes(person))];
  if (meetInOrder(ask, bySeat, electorate)) return bySeat;
  let tried = 0;
  for (const order of orders(people)) {
    tried += 1;
    if (tried > maxOrders) return undefined;
    if (meetInOrder(ask, order, electorate)) return order;
  }
  return undefined;
}

function* orders(people: readonly Member[]): Generator<readonly Member[]> {
  if (people.length === 0) yield [];
  for (const [index, first] of people.entries())
    for (const rest of orders(people.toSpliced(index, 1))) yield [first, ...rest];
}

/** People of the electorate who could sit in some seat. */
export function votersFor(ask: Ask, { roster, groups, initiator }: Electorate): readonly Member[] {
  const seats = quorumsIn(ask).flatMap(seatsOf);
  return roster.roster.people.filter((person) => person.id !== initiator && couldSit(person, seats, groups));
}
