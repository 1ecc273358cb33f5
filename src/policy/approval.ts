/** Clauses about people: the seats of the tier's quorum, the floors of its groups, and who must not be the same. */
import type { Judgement } from "./judgement.ts";
import type { Case, Rule, Tier } from "./policy.ts";
import { assign, type Missing, type Seating } from "./quorum.ts";
import { partsOf as partsOfQuorum, type Quorum } from "./requirement.ts";
import type { Name } from "../values/name.ts";

/** The initiator never counts, and a vote is over at the very instant of its expiry. */
export function seatVotes({ policy, roster, initiator, facts }: Case, tier: Tier): Seating {
  const votes = facts.votes.filter((vote) => vote.person !== initiator && vote.expiresAt > facts.now);
  const { met, seats, missing } = assign(tier.quorum, votes, roster, policy.groups);
  const others = (lack: Missing): Missing => ({
    ...lack,
    candidates: (lack.candidates ?? []).filter((person) => person !== initiator),
  });
  return { met, seats, missing: missing.map(others) };
}

export function judgeSeats(rule: Rule, tier: Tier, seating: Seating): Judgement {
  const filled = seating.seats.flatMap((seat) => (seat.person === null ? [] : [`${seat.person} for ${seat.group}`]));
  const lacks = seating.missing.map((lack) => lackText(lack));
  return {
    id: `${rule.id}.quorum`,
    kind: "quorum",
    code: "policy.quorum-missing",
    ok: seating.met,
    curable: true,
    observed: [...(filled.length === 0 ? ["nobody yet"] : filled), ...lacks.map((lack) => `lacks ${lack}`)].join(", "),
    bound: quorumText(tier.quorum),
  };
}

/** A group smaller than the policy says fills no quorum: what the policy was written for is no longer so. */
export function judgeFloors({ policy, roster }: Case, tier: Tier): readonly Judgement[] {
  return groupsOf(tier.quorum).flatMap((group) => {
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

/** `1 of custodians: chris or cyril`. */
export function lackText({ group, count, candidates }: Missing): string {
  if (candidates === undefined) return `${count} of ${group}`;
  return `${count} of ${group}: ${candidates.length === 0 ? "nobody is left" : candidates.join(" or ")}`;
}

/** `2 of custodians and 1 of compliance`. */
export function quorumText(quorum: Quorum): string {
  if ("group" in quorum) return `${quorum.min} of ${quorum.group}`;
  const [parts, word] =
    "all" in quorum ? [quorum.all, " and "] : "any" in quorum ? [quorum.any, " or "] : [quorum.ordered, ", then "];
  return parts
    .map((part) => ("group" in part || parts.length === 1 ? quorumText(part) : `(${quorumText(part)})`))
    .join(word);
}

/** Every group that the quorum names, each once. */
export function groupsOf(quorum: Quorum): readonly Name[] {
  if ("group" in quorum) return [quorum.group];
  return [...new Set(partsOfQuorum(quorum).flatMap(groupsOf))];
}

/** Services are in groups too, and never on a seat. */
export function peopleOf(roster: Case["roster"], group: Name): Case["roster"]["roster"]["people"] {
  return roster.roster.people.filter((person) => roster.inGroup(person.id, group));
}
