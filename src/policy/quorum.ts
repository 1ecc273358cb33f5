/** Who fills which seat: one person one seat over the whole quorum, by matching and never by counting. */
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { Name } from "../values/name.ts";
import type { Decision, Seat } from "./decision.ts";
import type { Vote } from "./facts.ts";
import type { Groups } from "./policy.ts";
import { partsOf, type Quorum } from "./requirement.ts";

export type Missing = Decision["missing"][number];

export type Seating = {
  readonly met: boolean;
  /** Of the branch that is met, or of the first that lacks the fewest. */
  readonly seats: readonly Seat[];
  readonly missing: readonly Missing[];
};

/** Who said yes, with which credential. */
export type Ballot = Pick<Vote, "person" | "credential" | "credentialKind">;

/** More ways or seats than this are refused when a policy is compiled, and are never met. */
export const maxBranches = 64;
export const maxSeats = 64;

type Demand = readonly Name[];
/** What a person can sign with, by the kind of the credential. */
type Ballots = ReadonlyMap<Name, readonly Credential[]>;
type Hall = { readonly ballots: Ballots; readonly roster: RosterIndex; readonly groups: Groups };

/**
 * Seats the voters. A vote counts when its credential belongs to that person at this roster, the person is no service, is in the
 * seat's group, and the group takes the credential's kind. The order of votes does not matter. The caller leaves out what must
 * not count: the initiator's votes and expired ones.
 */
export function assign(quorum: Quorum, votes: readonly Ballot[], roster: RosterIndex, groups: Groups): Seating {
  return seatBest(quorum, { ballots: ballotsOf(votes, roster), roster, groups });
}

/** Whether these people, each with all of their credentials, satisfy the quorum; services never count. */
export function peopleMeet(
  quorum: Quorum,
  people: ReadonlySet<Name>,
  roster: RosterIndex,
  groups: Groups = new Map(),
): boolean {
  const persons = roster.roster.people.filter((person) => people.has(person.id));
  const ballots = new Map(persons.map((person) => [person.id, person.credentials]));
  return seatBest(quorum, { ballots, roster, groups }).met;
}

/** Whether a quorum is small enough to be decided: at most `maxBranches` ways, of at most `maxSeats` seats each. */
export function isBounded(quorum: Quorum): boolean {
  const size = sizeOf(quorum);
  return size.branches <= maxBranches && size.seats <= maxSeats;
}

/** Every way to satisfy the quorum, as the groups of its seats; only for a bounded quorum. */
export function branches(quorum: Quorum): readonly Demand[] {
  if ("group" in quorum) return [Array.from({ length: quorum.min }, () => quorum.group)];
  if ("any" in quorum) return quorum.any.flatMap(branches);
  return partsOf(quorum).reduce<readonly Demand[]>(
    (ways, part) => ways.flatMap((way) => branches(part).map((more) => [...way, ...more])),
    [[]],
  );
}

function seatBest(quorum: Quorum, hall: Hall): Seating {
  if (!isBounded(quorum) || JSON.stringify(quorum).includes("ordered")) return { met: false, seats: [], missing: [] };
  const [first, ...others] = branches(quorum).map((demand) => seat(demand, hall));
  if (first === undefined) return { met: false, seats: [], missing: [] };
  return others.reduce((best, next) => (lacking(next) < lacking(best) ? next : best), first);
}

function lacking(seating: Seating): number {
  return seating.missing.reduce((sum, { count }) => sum + count, 0);
}

function ballotsOf(votes: readonly Ballot[], roster: RosterIndex): Ballots {
  const ballots = new Map<Name, Credential[]>();
  for (const vote of votes) {
    const holder = roster.credential(vote.credential);
    if (holder === undefined || holder.service || holder.member.id !== vote.person) continue;
    if (holder.credential.kind !== vote.credentialKind) continue;
    ballots.set(vote.person, [...(ballots.get(vote.person) ?? []), holder.credential]);
  }
  return ballots;
}

/** The credential with which a person may take a seat of the group: the first by name. */
function credentialFor(credentials: readonly Credential[], group: Name, groups: Groups): Credential | undefined {
  const taken = groups.get(group)?.credentials;
  return credentials
    .filter((credential) => taken === undefined || taken.has(credential.kind))
    .reduce<Credential | undefined>((best, next) => (best === undefined || next.id < best.id ? next : best), undefined);
}

/** A largest matching of seats and people (Kuhn), with people in the order of their names. */
function seat(demand: Demand, hall: Hall): Seating {
  const people = [...hall.ballots.keys()].sort();
  const fits = (person: Name, group: Name): boolean =>
    hall.roster.inGroup(person, group) &&
    credentialFor(hall.ballots.get(person) ?? [], group, hall.groups) !== undefined;
  const seatOf = new Map<Name, number>();
  const place = (index: number, tried: Set<Name>): boolean => {
    const group = demand[index];
    if (group === undefined) return false;
    // Whoever is free sits down before anybody is asked to move.
    const fitting = people.filter((person) => fits(person, group));
    const free = fitting.find((person) => !seatOf.has(person));
    if (free !== undefined) {
      seatOf.set(free, index);
      return true;
    }
    for (const person of fitting) {
      if (tried.has(person)) continue;
      tried.add(person);
      const held = seatOf.get(person);
      if (held !== undefined && place(held, tried)) {
        seatOf.set(person, index);
        return true;
      }
    }
    return false;
  };
  demand.forEach((_, index) => place(index, new Set()));
  return seating(demand, seatOf, hall);
}

function seating(demand: Demand, seatOf: ReadonlyMap<Name, number>, hall: Hall): Seating {
  const sitter = new Map([...seatOf].map(([person, index]) => [index, person]));
  const seats = demand.map((group, index): Seat => {
    const person = sitter.get(index) ?? null;
    const credential = person === null ? undefined : credentialFor(hall.ballots.get(person) ?? [], group, hall.groups);
    return { group, person, credential: credential?.id ?? null };
  });
  const empty = seats.filter((one) => one.person === null).map((one) => one.group);
  const missing = [...new Set(empty)].map((group) => ({
    group,
    count: empty.filter((one) => one === group).length,
    candidates: candidates(group, hall),
  }));
  return { met: empty.length === 0, seats, missing };
}

/** People of the group who could still sign for it. */
function candidates(group: Name, { ballots, roster, groups }: Hall): Name[] {
  return roster.roster.people
    .filter((person) => person.groups.includes(group))
    .filter((person) => credentialFor(ballots.get(person.id) ?? [], group, groups) === undefined)
    .filter((person) => credentialFor(person.credentials, group, groups) !== undefined)
    .map((person) => person.id)
    .sort();
}

function sizeOf(quorum: Quorum): { readonly branches: number; readonly seats: number } {
  if ("group" in quorum) return { branches: 1, seats: quorum.min };
  const parts = partsOf(quorum).map(sizeOf);
  const seats = parts.map((part) => part.seats);
  if ("any" in quorum)
    return { branches: parts.reduce((sum, part) => sum + part.branches, 0), seats: Math.max(...seats) };
  return {
    branches: parts.reduce((product, part) => product * part.branches, 1),
    seats: seats.reduce((sum, count) => sum + count, 0),
  };
}
