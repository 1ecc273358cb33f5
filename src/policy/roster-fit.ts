/** Whether people of this roster can live by the policy: what can never be signed is found before it is wanted. */
import type { RosterIndex } from "../roster/membership.ts";
import type { Name } from "../values/name.ts";
import { groupsOf, judgeSeparation, peopleOf } from "./approval.ts";
import type { Policy, Rule, Tier } from "./policy.ts";
import { branches, peopleMeet } from "./quorum.ts";
import type { Quorum } from "./requirement.ts";

export type Finding = {
  readonly code:
    | "policy.key-unknown"
    | "policy.group-empty"
    | "policy.group-floor"
    | "policy.quorum-unfillable"
    | "policy.separation"
    | "policy.no-wallet";
  /** Path in the document. */
  readonly field: string;
  readonly message: string;
};

/** Everything in the policy that this roster cannot fill; an empty list is a fit. */
export function checkAgainstRoster(policy: Policy, roster: RosterIndex): readonly Finding[] {
  return [
    ...checkFloors(policy, roster),
    ...policy.separation.flatMap((pair, index) =>
      pair.flatMap((group, side) => checkNamed(roster, group, `separation.${index}.${side}`)),
    ),
    ...judgeSeparation({ policy, roster }).flatMap((judgement, index): Finding[] =>
      judgement.ok ? [] : [{ code: "policy.separation", field: `separation.${index}`, message: judgement.observed }],
    ),
    ...policy.guards.flatMap((guard, index) =>
      "by" in guard.then ? checkMembers(roster, guard.then.by, `guards.${index}.require.by`) : [],
    ),
    ...policy.rules.flatMap((rule, index) => checkRule(policy, roster, { rule, field: `rules.${index}` })),
    ...(["tighten", "loosen"] as const).flatMap((which) => {
      const { quorum, veto } = policy.change[which];
      const field = `change.${which}`;
      const vetoers = veto === undefined ? [] : checkMembers(roster, veto, `${field}.veto`);
      return [...checkQuorum(policy, roster, { quorum, field: `${field}.quorum` }), ...vetoers];
    }),
  ];
}

/**
 * Of every tier but the first, at least one seat must want a `wallet`, whichever way the quorum is met: only a wallet shows its
 * holder the amount; a passkey and a machine's key do not.
 */
export function checkWallets(policy: Policy): readonly Finding[] {
  const wantsWallet = (group: Name): boolean => {
    const kinds = policy.groups.get(group)?.credentials;
    return kinds?.size === 1 && kinds.has("wallet");
  };
  return policy.rules.flatMap((rule, index) =>
    rule.tiers.flatMap((tier, place): Finding[] => {
      if (place === 0 || branches(tier.quorum).every((way) => way.some(wantsWallet))) return [];
      const message = "no seat of this tier wants a wallet, so nobody sees the amount on a device";
      return [{ code: "policy.no-wallet", field: `rules.${index}.tiers.${place}.quorum`, message }];
    }),
  );
}

function checkFloors(policy: Policy, roster: RosterIndex): readonly Finding[] {
  return [...policy.groups].flatMap(([group, { min }]) =>
    checkMembers(roster, { group, min }, `groups.${group}`, `groups.${group}`),
  );
}

/** Services count here: observers and attestors are services. */
function checkMembers(
  roster: RosterIndex,
  floor: { group: Name; min: number },
  field: string,
  named = `${field}.group`,
): readonly Finding[] {
  const count = roster.members(floor.group).length;
  if (count >= floor.min) return [];
  if (count === 0) return checkNamed(roster, floor.group, named);
  const message = `\`${floor.group}\` has ${count} on the roster, fewer than ${floor.min}`;
  return [{ code: "policy.group-floor", field, message }];
}

/** A group that nobody is in is most often one that is spelt otherwise on the roster. */
function checkNamed(roster: RosterIndex, group: Name, field: string): readonly Finding[] {
  if (roster.members(group).length > 0) return [];
  return [{ code: "policy.group-empty", field, message: `nobody on the roster is in the group \`${group}\`` }];
}

/** Every seat of a quorum with its path. */
function seatsOf(quorum: Quorum, field: string): readonly { readonly group: Name; readonly field: string }[] {
  if ("group" in quorum) return [{ group: quorum.group, field: `${field}.group` }];
  return Object.entries(quorum).flatMap(([kind, parts]: [string, readonly Quorum[]]) =>
    parts.flatMap((part, index) => seatsOf(part, `${field}.${kind}.${index}`)),
  );
}

function checkRule(policy: Policy, roster: RosterIndex, place: { rule: Rule; field: string }): readonly Finding[] {
  const { rule, field } = place;
  return [
    ...checkNamed(roster, rule.when.initiator, `${field}.when.initiator.group`),
    ...rule.tiers.flatMap((tier, index) => checkTier(policy, roster, { rule, tier, field: `${field}.tiers.${index}` })),
  ];
}

function checkTier(
  policy: Policy,
  roster: RosterIndex,
  place: { rule: Rule; tier: Tier; field: string },
): readonly Finding[] {
  const { rule, tier, field } = place;
  const key: readonly Finding[] =
    roster.key(tier.sign) !== undefined
      ? []
      : [{ code: "policy.key-unknown", field: `${field}.sign`, message: `the roster has no key \`${tier.sign}\`` }];
  return [
    ...key,
    ...checkQuorum(policy, roster, { quorum: tier.quorum, field: `${field}.quorum`, initiators: rule.when.initiator }),
  ];
}

/** Fillable for at least one initiator, who never counts. */
function checkQuorum(
  policy: Policy,
  roster: RosterIndex,
  place: { quorum: Quorum; field: string; initiators?: Name },
): readonly Finding[] {
  const { quorum, field, initiators } = place;
  const absent = seatsOf(quorum, field).flatMap((seat) => checkNamed(roster, seat.group, seat.field));
  if (absent.length > 0) return absent;
  const people = groupsOf(quorum).flatMap((group) => peopleOf(roster, group).map((person) => person.id));
  const without = initiators === undefined ? [undefined] : roster.members(initiators).map((member) => member.id);
  const fillable = without.some((initiator) => {
    const voters = new Set(people.filter((person) => person !== initiator));
    return peopleMeet(quorum, voters, roster, policy.groups);
  });
  if (fillable || without.length === 0) return [];
  return [
    {
      code: "policy.quorum-unfillable",
      field,
      message: "the roster has not the people and credentials to fill this quorum",
    },
  ];
}
