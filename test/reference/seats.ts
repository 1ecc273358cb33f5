/** Whether people who voted can take the seats of a quorum, found by trying everything: every way, every cut, every person. */
import type { PlainFacts, PlainPolicy, PlainQuorum, PlainRoster } from "./plain.ts";

export type Seat = { readonly group: string; readonly credentials: readonly string[] | undefined };

/** One way to meet a quorum: seats at any time, and chains of stages of which each begins when the one before is complete. */
export type Way = { readonly loose: readonly Seat[]; readonly chains: readonly (readonly (readonly Seat[])[])[] };

/** Somebody who voted: when they did so last, and the kinds of credential they did it with. */
export type Voter = { readonly id: string; readonly position: number; readonly kinds: readonly string[] };

/** Votes that count: of a person, with a credential that is theirs, not over, and never of whoever asked. */
export function voters(roster: PlainRoster, facts: Pick<PlainFacts, "votes" | "now">, initiator: string): Voter[] {
  return roster.people.flatMap((person) => {
    if (person.id === initiator) return [];
    const counted = facts.votes.filter(
      (vote) =>
        vote.person === person.id &&
        facts.now < vote.expiresAt &&
        person.credentials.some((own) => own.id === vote.credential && own.kind === vote.credentialKind),
    );
    if (counted.length === 0) return [];
    const position = Math.max(...counted.map((vote) => vote.position ?? 0));
    return [{ id: person.id, position, kinds: counted.map((vote) => vote.credentialKind) }];
  });
}

/** Whether somebody who voted could take this seat at all. */
export function maySit(voter: Voter, seat: Seat, policy: Pick<PlainPolicy, "groups">, roster: PlainRoster): boolean {
  const person = roster.people.find(({ id }) => id === voter.id);
  if (person?.groups.includes(seat.group) !== true) return false;
  const taken = policy.groups[seat.group]?.credentials;
  return voter.kinds.some((kind) => (taken?.includes(kind) ?? true) && (seat.credentials?.includes(kind) ?? true));
}

/** Every way to meet a quorum. */
export function waysOf(quorum: PlainQuorum): Way[] {
  if ("group" in quorum) {
    const seat = { group: quorum.group, credentials: quorum.credentials };
    return [{ loose: Array.from({ length: quorum.min }, () => seat), chains: [] }];
  }
  if ("any" in quorum) return quorum.any.flatMap(waysOf);
  if ("all" in quorum) return everyPick(quorum.all.map(waysOf)).map(together);
  return everyPick(quorum.ordered.map(waysOf)).map((stages) => {
    return { loose: [], chains: [stages.map((stage) => stage.loose)] };
  });
}

/** What the tier asks and everything added, as one way to meet them all. */
export function together(parts: readonly Way[]): Way {
  return { loose: parts.flatMap(({ loose }) => loose), chains: parts.flatMap(({ chains }) => chains) };
}

export function seatsOf(quorum: PlainQuorum): Seat[] {
  return waysOf(quorum).flatMap(({ loose, chains }) => [...loose, ...chains.flat(2)]);
}

/** Whether these voters meet the quorum. */
export function meets(
  quorum: PlainQuorum,
  voting: readonly Voter[],
  policy: Pick<PlainPolicy, "groups">,
  roster: PlainRoster,
): boolean {
  const positions = [...new Set(voting.map(({ position }) => position))].sort((a, b) => a - b);
  return waysOf(quorum).some((way) => {
    const cuttingsOf = way.chains.map((stages) => cuttings(stages.length, positions));
    const tries = cuttingsOf.reduce((product, some) => product * some.length, 1);
    // Beside other seats an order with more ways to cut it than this is not met.
    if (tries > 2_000 && (way.loose.length > 0 || way.chains.length > 1)) return false;
    return everyPick(cuttingsOf).some((cuts) => {
      const chairs: Chair[] = [
        ...way.loose.map((seat) => ({ seat, after: -Infinity, upTo: Infinity })),
        ...way.chains.flatMap((stages, chain) =>
          stages.flatMap((seats, stage) => seats.map((seat) => ({ seat, ...cuts[chain]![stage]! }))),
        ),
      ];
      return fill(chairs, voting, (voter, seat) => maySit(voter, seat, policy, roster));
    });
  });
}

/** A seat for somebody who voted after one position and up to another. */
type Chair = { readonly seat: Seat; readonly after: number; readonly upTo: number };

/** Gives each chair in turn to each of those who are left. */
function fill(chairs: readonly Chair[], left: readonly Voter[], fits: (voter: Voter, seat: Seat) => boolean): boolean {
  const [chair, ...rest] = chairs;
  if (chair === undefined) return true;
  if (chairs.length > left.length) return false;
  return left.some(
    (voter) =>
      voter.position > chair.after &&
      voter.position <= chair.upTo &&
      fits(voter, chair.seat) &&
      fill(
        rest,
        left.filter((one) => one !== voter),
        fits,
      ),
  );
}

/** Every way to cut time into so many stages at positions of votes. */
function cuttings(stages: number, positions: readonly number[]): { after: number; upTo: number }[][] {
  const go = (after: number, left: number): { after: number; upTo: number }[][] => {
    if (left === 1) return [[{ after, upTo: Infinity }]];
    return positions
      .filter((position) => position > after)
      .flatMap((upTo) => go(upTo, left - 1).map((others) => [{ after, upTo }, ...others]));
  };
  return go(-Infinity, stages);
}

/** One of each, in every combination. */
function everyPick<T>(choices: readonly (readonly T[])[]): T[][] {
  const [first, ...others] = choices;
  if (first === undefined) return [[]];
  return first.flatMap((one) => everyPick(others).map((more) => [one, ...more]));
}
