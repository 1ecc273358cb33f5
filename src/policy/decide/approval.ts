/** Clauses about people: the seats of the quorum, how many they are, who objects, and who must not be the same. */
import type { Name } from "../../values/name.ts";
import { lackText, quorumText, vetoText } from "./demand-text.ts";
import type { Demand, Floor } from "./demand.ts";
import type { Vote } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import type { Case, Rule } from "../policy.ts";
import { assign, eligible, type Missing, type Seating } from "./quorum.ts";
import { partsOf, type Quorum } from "../document/requirement.ts";

/** The initiator never counts, and a vote is over at the very instant of its expiry. */
function countedVotes({ initiator, facts }: Case): readonly Vote[] {
  return facts.votes.filter((vote) => vote.person !== initiator && vote.expiresAt > facts.now);
}

export function seatVotes(one: Case, { quorum }: Pick<Demand, "quorum">): Seating {
  const { policy, roster, initiator } = one;
  const { met, seats, missing } = assign(quorum, countedVotes(one), roster, policy.groups);
  const others = (lack: Missing): Missing => ({
    ...lack,
    candidates: (lack.candidates ?? []).filter((person) => person !== initiator),
  });
  return { met, seats, missing: missing.map(others) };
}

export function judgeSeats(
  { id }: { readonly id: string },
  { quorum }: Pick<Demand, "quorum">,
  seating: Seating,
): Judgement {
  const filled = seating.seats.flatMap((seat) => (seat.person === null ? [] : [`${seat.person} for ${seat.group}`]));
  const lacks = seating.missing.map((lack) => lackText(lack));
  return {
    id: `${id}.quorum`,
    kind: "quorum",
    code: "policy.quorum-missing",
    ok: seating.met,
    curable: true,
    observed: [...(filled.length === 0 ? ["nobody yet"] : filled), ...lacks.map((lack) => `lacks ${lack}`)].join(", "),
    bound: quorumText(quorum),
  };
}

const lacking = { people: "policy.too-few-people", units: "policy.too-few-units" } as const;

/** Floors over everybody who voted and could sit where the floor is set: of several, the one that lacks most is shown. */
export function judgeDistinct(one: Case, rule: Rule, { floors }: Demand): readonly Judgement[] {
  const counts = floors.map((floor) => countedBy(floor, one));
  return (["people", "units"] as const).flatMap((what): readonly Judgement[] => {
    const asked = counts.map(({ floor, found }) => ({ min: floor[what], found: found[what] }));
    const [first, ...others] = asked.filter(({ min }) => min > 0);
    if (first === undefined) return [];
    const worst = others.reduce((most, next) => (lack(next) > lack(most) ? next : most), first);
    const { found, min } = worst;
    return [
      {
        id: `${rule.id}.${what}`,
        kind: "quorum",
        code: lacking[what],
        ok: found.length >= min,
        curable: true,
        observed: found.length === 0 ? `no ${what} yet` : `${found.length} ${what}: ${found.join(", ")}`,
        bound: `at least ${min} different ${what}`,
      },
    ];
  });
}

function lack({ min, found }: { readonly min: number; readonly found: readonly Name[] }): number {
  return min - found.length;
}

/** Different people, and the different units they are of; no unit is none. */
function countedBy(
  floor: Floor,
  one: Case,
): { floor: Floor; found: { people: readonly Name[]; units: readonly Name[] } } {
  const { policy, roster } = one;
  const people = eligible(floor.quorum, countedVotes(one), roster, policy.groups);
  const units = [...new Set(people.flatMap((person) => roster.member(person)?.unit ?? []))].sort();
  return { floor, found: { people, units } };
}

/** Enough people of the group who object end a request: an objection is not taken back. */
export function judgeVetoes({ facts, roster }: Case, { vetoes }: Demand): readonly Judgement[] {
  return vetoes.map(({ id, veto }) => {
    const people = new Set(peopleOf(roster, veto.group).map((person) => person.id));
    const against = [...new Set(facts.vetoes?.map(({ person }) => person))].filter((one) => people.has(one)).sort();
    return {
      id,
      kind: "quorum",
      code: "policy.vetoed",
      ok: against.length < veto.min,
      curable: false,
      observed:
        against.length === 0
          ? "nobody objects"
          : `${against.join(", ")} ${against.length === 1 ? "objects" : "object"}`,
      bound: vetoText(veto),
    };
  });
}

/** A group smaller than the policy says fills no quorum: what the policy was written for is no longer so. */
export function judgeFloors({ policy, roster }: Case, { quorum, also }: Demand): readonly Judgement[] {
  return groupsOf(also === undefined ? quorum : { all: [quorum, also] }).flatMap((group) => {
    const floor = policy.groups.get(group);
    if (floor === undefined) return [];
    const count = peopleOf(roster, group).length;
    return [
      {
        id: `group.${group}`,
        kind: "quorum" as const,
        code: "policy.group-floor" as const,
        ok: count >= floor.min,
        curable: true,
        observed: `${count} people in ${group}`,
        bound: `at least ${floor.min}`,
      },
    ];
  });
}

/** Nobody on the roster may be in both groups, whether they take part in this request or not. */
export function judgeSeparation({ policy, roster }: Pick<Case, "policy" | "roster">): readonly Judgement[] {
  return policy.separation.map(([one, other]) => {
    const both = roster.members(one).filter((member) => roster.inGroup(member.id, other));
    return {
      id: `separation.${one}.${other}`,
      kind: "quorum",
      code: "policy.separation",
      ok: both.length === 0,
      curable: true,
      observed:
        both.length === 0
          ? "nobody is in both"
          : `${both
              .map((member) => member.id)
              .sort()
              .join(", ")} in both`,
      bound: `nobody is in ${one} and ${other}`,
    };
  });
}

/** Every group that the quorum names, each once. */
export function groupsOf(quorum: Quorum): readonly Name[] {
  if ("group" in quorum) return [quorum.group];
  return [...new Set(partsOf(quorum).flatMap(groupsOf))];
}

/** Services are in groups too, and never on a seat. */
export function peopleOf(roster: Case["roster"], group: Name): ReturnType<Case["roster"]["people"]> {
  return roster.people(group);
}
