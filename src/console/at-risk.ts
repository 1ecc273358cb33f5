/** What can no longer be agreed to when one person is lost: every quorum of the policies, tried without them. */
import { peopleMeet } from "../policy/decide/quorum.ts";
import type { Quorum } from "../policy/document/requirement.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Name } from "../values/name.ts";

export type Agreement = {
  readonly what: string;
  readonly quorum: Quorum;
  readonly policy: Policy;
  readonly initiators: Name | undefined;
};

/** Every tier of every rule, and both kinds of change. */
export function agreementsOf(policies: readonly Policy[]): readonly Agreement[] {
  return policies.flatMap((policy) => [
    ...policy.rules.flatMap(({ id, when, tiers }) =>
      tiers.map(({ quorum }, index) => ({
        what: `${policy.asset}: rule ${id}, tier ${index + 1}`,
        quorum,
        policy,
        initiators: when.initiator,
      })),
    ),
    ...(["tighten", "loosen"] as const).map((which) => ({
      what: `${policy.asset}: to ${which} the policy`,
      quorum: policy.change[which].quorum,
      policy,
      initiators: undefined,
    })),
  ]);
}

/** Agreements that are possible today and would not be without this person, whoever else asks. */
export function lostWithout(person: Name, agreements: readonly Agreement[], roster: RosterIndex): readonly string[] {
  return agreements
    .filter((agreement) => possible(agreement, roster, undefined) && !possible(agreement, roster, person))
    .map(({ what }) => what);
}

/** For at least one initiator, who has no seat; somebody must be left to ask. */
function possible({ quorum, policy, initiators }: Agreement, roster: RosterIndex, lost: Name | undefined): boolean {
  const people = roster.roster.people.map(({ id }) => id).filter((id) => id !== lost);
  if (initiators === undefined) return peopleMeet(quorum, new Set(people), roster, policy.groups);
  const asking = roster.members(initiators).filter(({ id }) => id !== lost);
  return asking.some(({ id }) =>
    peopleMeet(quorum, new Set(people.filter((one) => one !== id)), roster, policy.groups),
  );
}
