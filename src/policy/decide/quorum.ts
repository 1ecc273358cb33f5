/** Who fills which seat: one person one seat over the whole quorum, by matching and never by counting. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Credential } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import type { Decision, Seat } from "../decision.ts";
import type { Vote } from "../facts.ts";
import { allTries, arrangements, openTo, whenever, type Arrangement, type Tries } from "./order.ts";
import type { Groups } from "../policy.ts";
import type { Quorum } from "../document/requirement.ts";
import { branches, isDecidable, type Place, type Way } from "../compile/way.ts";

export type Missing = Decision["missing"][number];

export type Seating = {
  readonly met: boolean;
  /** Of the branch that is met, or of the first that lacks the fewest. */
  readonly seats: readonly Seat[];
  readonly missing: readonly Missing[];
};

/** Who said yes, with which credential, and when in the order of votes. */
export type Ballot = Pick<Vote, "person" | "credential" | "credentialKind" | "position">;

/** What somebody can sign with, and where they stand in the order of votes: at their latest. */
type Voter = { readonly credentials: readonly Credential[]; readonly position: number };
type Hall = { readonly voters: ReadonlyMap<Name, Voter>; readonly roster: RosterIndex; readonly groups: Groups };

/**
 * Seats the voters. A vote counts when its credential belongs to that person at this roster, the person is no service, is in the
 * seat's group, and group and seat take the credential's kind. The order of votes matters to `ordered` alone. The caller leaves
 * out what must not count: the initiator's votes and expired ones.
 */
export function assign(quorum: Quorum, votes: readonly Ballot[], roster: RosterIndex, groups: Groups): Seating {
  return seatBest(quorum, { voters: votersOf(votes, roster), roster, groups }, arrangements);
}

/** Whether these people, each with all of their credentials, satisfy the quorum in some order; services never count. */
export function peopleMeet(
  quorum: Quorum,
  people: ReadonlySet<Name>,
  roster: RosterIndex,
  groups: Groups = new Map(),
): boolean {
  const persons = roster.roster.people.filter((person) => people.has(person.id));
  const voters = new Map(persons.map(({ id, credentials }) => [id, { credentials, position: 0 }]));
  return seatBest(quorum, { voters, roster, groups }, whenever).met;
}

/** Voters who could sit in some seat of the quorum, by name. */
export function eligible(quorum: Quorum, votes: readonly Ballot[], roster: RosterIndex, groups: Groups): Name[] {
  if (!isDecidable(quorum)) return [];
  const hall = { voters: votersOf(votes, roster), roster, groups };
  const places = new Set(branches(quorum).flat());
  return [...hall.voters.keys()].filter((person) => [...places].some((place) => fits(hall, person, place))).sort();
}

type Arrange = (
  way: Way,
  voters: ReadonlyMap<Name, Voter>,
  trying: { readonly full: (tried: Arrangement) => boolean; readonly tries: Tries },
) => Arrangement;

function seatBest(quorum: Quorum, hall: Hall, arrange: Arrange): Seating {
  let best: Seating | undefined;
  if (!isDecidable(quorum)) return { met: false, seats: [], missing: [] };
  const tries = allTries();
  for (const way of branches(quorum)) {
    const found = seatWay(way, hall, { arrange, tries });
    if (best === undefined || lacking(found) < lacking(best)) best = found;
    if (best.met) break;
  }
  return best ?? { met: false, seats: [], missing: [] };
}

function seatWay(
  way: Way,
  hall: Hall,
  { arrange, tries }: { readonly arrange: Arrange; readonly tries: Tries },
): Seating {
  const people = [...hall.voters.keys()].sort();
  const full = (tried: Arrangement): boolean =>
    tried.among.length <= people.length && match(way, people, hall, tried).size === tried.among.length;
  const arrangement = arrange(way, hall.voters, { full, tries });
  return seating(way, match(way, people, hall, arrangement), hall);
}

function lacking(seating: Seating): number {
  return seating.missing.reduce((sum, { count }) => sum + count, 0);
}

function votersOf(votes: readonly Ballot[], roster: RosterIndex): ReadonlyMap<Name, Voter> {
  const voters = new Map<Name, { credentials: Credential[]; position: number }>();
  for (const vote of votes) {
    const holder = roster.credential(vote.credential);
    if (holder === undefined || holder.service || holder.member.id !== vote.person) continue;
    if (holder.credential.kind !== vote.credentialKind) continue;
    const voter = voters.get(vote.person) ?? { credentials: [], position: 0 };
    voter.credentials.push(holder.credential);
    voter.position = Math.max(voter.position, vote.position ?? 0);
    voters.set(vote.person, voter);
  }
  return voters;
}

/** The credential with which a person may take the place: the first by name. */
function credentialFor(
  credentials: readonly Credential[],
  { group, kinds }: Place,
  groups: Groups,
): Credential | undefined {
  const taken = groups.get(group)?.credentials;
  let first: Credential | undefined;
  for (const credential of credentials) {
    const takes = taken?.has(credential.kind) !== false && kinds?.has(credential.kind) !== false;
    if (takes && (first === undefined || credential.id < first.id)) first = credential;
  }
  return first;
}

function fits({ voters, roster, groups }: Hall, person: Name, place: Place): boolean {
  return (
    roster.inGroup(person, place.group) &&
    credentialFor(voters.get(person)?.credentials ?? [], place, groups) !== undefined
  );
}

/** A largest matching of the places (by index) and people (Kuhn), with people in the order of their names. */
function match(way: Way, people: readonly Name[], hall: Hall, arrangement: Arrangement): Map<Name, number> {
  const placeOf = new Map<Name, number>();
  const seat = (index: number, tried: Set<Name>): boolean => {
    const place = way[index];
    if (place === undefined) return false;
    // Whoever is free sits down before anybody is asked to move.
    const fitting = people.filter(
      (person) => fits(hall, person, place) && openTo(arrangement, place, hall.voters.get(person)?.position ?? 0),
    );
    const free = fitting.find((person) => !placeOf.has(person));
    if (free !== undefined) {
      placeOf.set(free, index);
      return true;
    }
    for (const person of fitting) {
      if (tried.has(person)) continue;
      tried.add(person);
      const held = placeOf.get(person);
      if (held !== undefined && seat(held, tried)) {
        placeOf.set(person, index);
        return true;
      }
    }
    return false;
  };
  for (const index of arrangement.among) seat(index, new Set());
  return placeOf;
}

function seating(way: Way, placeOf: ReadonlyMap<Name, number>, hall: Hall): Seating {
  const sitter = new Map([...placeOf].map(([person, index]) => [index, person]));
  const seats = way.map((place, index): Seat => {
    const person = sitter.get(index) ?? null;
    const held = person === null ? [] : (hall.voters.get(person)?.credentials ?? []);
    return { group: place.group, person, credential: credentialFor(held, place, hall.groups)?.id ?? null };
  });
  const empty = way.filter((_, index) => !sitter.has(index));
  const missing: Missing[] = [];
  for (const [index, place] of empty.entries()) {
    if (empty.findIndex((other) => isAlike(other, place)) !== index) continue;
    const count = empty.filter((other) => isAlike(other, place)).length;
    missing.push({ group: place.group, count, candidates: candidates(place, placeOf, hall) });
  }
  return { met: empty.length === 0, seats, missing };
}

/** Places that the same people may take, at the same point of the same order. */
function isAlike(one: Place, other: Place): boolean {
  const kinds = (place: Place): string => [...(place.kinds ?? ["any"])].sort().join(",");
  return (
    one.group === other.group &&
    one.turn?.order === other.turn?.order &&
    one.turn?.stage === other.turn?.stage &&
    kinds(one) === kinds(other)
  );
}

/** People of the group who could still sign for it; in an order whoever has no seat may sign again, and later. */
function candidates(place: Place, seated: ReadonlyMap<Name, number>, hall: Hall): Name[] {
  const { voters, roster, groups } = hall;
  const hasSigned = (person: Name): boolean =>
    place.turn === undefined
      ? credentialFor(voters.get(person)?.credentials ?? [], place, groups) !== undefined
      : seated.has(person);
  return roster
    .people(place.group)
    .filter((person) => !hasSigned(person.id))
    .filter((person) => credentialFor(person.credentials, place, groups) !== undefined)
    .map((person) => person.id)
    .sort();
}
