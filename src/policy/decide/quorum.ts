/** Who fills which seat: one person one seat over the whole quorum, by matching and never by counting. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Credential } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import type { Decision, Seat } from "../decision.ts";
import type { Vote } from "../facts.ts";
import { allTries, arrangements, openTo, whenever, type Arrangement, type Spot, type Tries } from "./order.ts";
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
type Voter = { readonly id: Name; readonly credentials: readonly Credential[]; readonly position: number };
/** Voters in the order of their names. */
type Hall = { readonly voters: readonly Voter[]; readonly roster: RosterIndex; readonly groups: Groups };

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
  const voters = byName(persons.map(({ id, credentials }) => ({ id, credentials, position: 0 })));
  return seatBest(quorum, { voters, roster, groups }, whenever).met;
}

/** Voters who could sit in some seat of the quorum, by name. */
export function eligible(quorum: Quorum, votes: readonly Ballot[], roster: RosterIndex, groups: Groups): Name[] {
  if (!isDecidable(quorum)) return [];
  const hall = { voters: votersOf(votes, roster), roster, groups };
  const places = new Set(branches(quorum).flat());
  return hall.voters.filter((voter) => [...places].some((place) => fits(hall, voter, place))).map(({ id }) => id);
}

type Arrange = (
  way: Way,
  voters: readonly Voter[],
  trying: { readonly full: (tried: Arrangement) => boolean; readonly tries: Tries },
) => Arrangement;

function seatBest(quorum: Quorum, hall: Hall, arrange: Arrange): Seating {
  const tries = allTries();
  let best: Seating | undefined;
  for (const way of isDecidable(quorum) ? branches(quorum) : []) {
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
  const full = (tried: Arrangement): boolean =>
    tried.among.length <= hall.voters.length && match(hall, tried).size === tried.among.length;
  return seating(way, match(hall, arrange(way, hall.voters, { full, tries })), hall);
}

function lacking(seating: Seating): number {
  return seating.missing.reduce((sum, { count }) => sum + count, 0);
}

function byName(voters: readonly Voter[]): readonly Voter[] {
  return [...voters].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function votersOf(votes: readonly Ballot[], roster: RosterIndex): readonly Voter[] {
  const voters = new Map<Name, { id: Name; credentials: Credential[]; position: number }>();
  for (const vote of votes) {
    const holder = roster.credential(vote.credential);
    if (holder === undefined || holder.service || holder.member.id !== vote.person) continue;
    if (holder.credential.kind !== vote.credentialKind) continue;
    const voter = voters.get(vote.person) ?? { id: vote.person, credentials: [], position: 0 };
    voter.credentials.push(holder.credential);
    voter.position = Math.max(voter.position, vote.position ?? 0);
    voters.set(vote.person, voter);
  }
  return byName([...voters.values()]);
}

/** The credential with which a person may take the place: the first by name. */
function credentialFor(
  credentials: readonly Credential[],
  { group, kinds }: Place,
  groups: Groups,
): Credential["id"] | undefined {
  const taken = groups.get(group)?.credentials;
  const [first] = credentials
    .filter((credential) => taken?.has(credential.kind) !== false && kinds?.has(credential.kind) !== false)
    .map(({ id }) => id)
    .sort();
  return first;
}

function fits({ roster, groups }: Hall, { id, credentials }: Voter, place: Place): boolean {
  return roster.inGroup(id, place.group) && credentialFor(credentials, place, groups) !== undefined;
}

/** A largest matching of the places and voters (Kuhn), with voters in the order of their names. */
function match(hall: Hall, arrangement: Arrangement): ReadonlyMap<Voter, Spot> {
  const spotOf = new Map<Voter, Spot>();
  const seat = (spot: Spot, tried: Set<Voter>): boolean => {
    const [, place] = spot;
    // Whoever is free sits down before anybody is asked to move.
    const fitting = hall.voters.filter(
      (voter) => fits(hall, voter, place) && openTo(arrangement, place, voter.position),
    );
    const free = fitting.find((voter) => !spotOf.has(voter));
    if (free !== undefined) {
      spotOf.set(free, spot);
      return true;
    }
    for (const voter of fitting) {
      if (tried.has(voter)) continue;
      tried.add(voter);
      const held = spotOf.get(voter);
      if (held !== undefined && seat(held, tried)) {
        spotOf.set(voter, spot);
        return true;
      }
    }
    return false;
  };
  for (const spot of arrangement.among) seat(spot, new Set());
  return spotOf;
}

function seating(way: Way, spotOf: ReadonlyMap<Voter, Spot>, hall: Hall): Seating {
  const sitter = new Map([...spotOf].map(([voter, [index]]) => [index, voter]));
  const seats = way.map((place, index): Seat => {
    const voter = sitter.get(index);
    if (voter === undefined) return { group: place.group, person: null, credential: null };
    return {
      group: place.group,
      person: voter.id,
      credential: credentialFor(voter.credentials, place, hall.groups) ?? null,
    };
  });
  const empty = way.filter((_, index) => !sitter.has(index));
  const missing: Missing[] = [];
  for (const [index, place] of empty.entries()) {
    if (empty.findIndex((other) => isAlike(other, place)) !== index) continue;
    const count = empty.filter((other) => isAlike(other, place)).length;
    missing.push({ group: place.group, count, candidates: candidates(place, spotOf.keys(), hall) });
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
function candidates(place: Place, seated: Iterable<Voter>, { voters, roster, groups }: Hall): Name[] {
  const takes = ({ credentials }: Pick<Voter, "credentials">): boolean =>
    credentialFor(credentials, place, groups) !== undefined;
  const done = new Set([...(place.turn === undefined ? voters.filter(takes) : seated)].map(({ id }) => id));
  return roster
    .people(place.group)
    .filter((person) => !done.has(person.id) && takes(person))
    .map((person) => person.id)
    .sort();
}
