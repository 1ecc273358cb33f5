/** Whether people of this roster can live by the policy: what can never be signed is found before it is wanted. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Name } from "../../values/name.ts";
import { groupsOf, judgeSeparation, peopleOf } from "../decide/approval.ts";
import type { By, Guard, Policy, Rule, Tier } from "../policy.ts";
import { peopleMeet } from "../decide/quorum.ts";
import type { Quorum } from "../document/requirement.ts";
import { checkNames, type NameFinding } from "../compile/roster-names.ts";
import { branches, type Place } from "../compile/way.ts";

export type Finding = {
  readonly code:
    NameFinding["code"] | "policy.group-floor" | "policy.quorum-unfillable" | "policy.separation" | "policy.no-wallet";
  /** Path in the document. */
  readonly field: string;
  readonly message: string;
};

/** Everything in the policy that this roster cannot fill; an empty list is a fit. */
export function checkAgainstRoster(policy: Policy, roster: RosterIndex): readonly Finding[] {
  return [
    ...checkNames(policy, roster),
    ...checkFloors(policy, roster),
    ...judgeSeparation({ policy, roster }).flatMap((judgement, index): Finding[] =>
      judgement.ok ? [] : [{ code: "policy.separation", field: `separation.${index}`, message: judgement.observed }],
    ),
    ...policy.guards.flatMap((guard, index) =>
      voucherFields(guard, `guards.${index}.require`).flatMap(({ by, field }) => checkMembers(roster, by, field)),
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
  const wantsWallet = ({ group, kinds }: Place): boolean => {
    const taken = policy.groups.get(group)?.credentials;
    return !(["key", "passkey"] as const).some((kind) => taken?.has(kind) !== false && kinds?.has(kind) !== false);
  };
  return policy.rules.flatMap((rule, index) =>
    rule.tiers.flatMap((tier, place): Finding[] => {
      if (place === 0 || branches(tier.quorum).every((way) => way.some(wantsWallet))) return [];
      const message = "no seat of this tier wants a wallet, so nobody sees the amount on a device";
      return [{ code: "policy.no-wallet", field: `rules.${index}.tiers.${place}.quorum`, message }];
    }),
  );
}

/** Whoever a guard wants words of. */
function voucherFields({ then }: Guard, field: string): readonly { readonly by: By; readonly field: string }[] {
  if (!("by" in then)) return [];
  const price = then.kind === "reserves" ? then.cover?.price : undefined;
  const own = { by: then.by, field: `${field}.by` };
  return price === undefined ? [own] : [own, { by: price.by, field: `${field}.cover.price.by` }];
}

function checkFloors(policy: Policy, roster: RosterIndex): readonly Finding[] {
  return [...policy.groups].flatMap(([group, { min }]) => checkMembers(roster, { group, min }, `groups.${group}`));
}

/** Services count here: observers and attestors are services. A group that nobody is in has its own finding. */
function checkMembers(
  roster: RosterIndex,
  { group, min }: { group: Name; min: number },
  field: string,
): readonly Finding[] {
  const count = roster.members(group).length;
  if (count === 0 || count >= min) return [];
  const message = `\`${group}\` has ${count} on the roster, fewer than ${min}`;
  return [{ code: "policy.group-floor", field, message }];
}

function checkRule(policy: Policy, roster: RosterIndex, place: { rule: Rule; field: string }): readonly Finding[] {
  const { rule, field } = place;
  return rule.tiers.flatMap((tier, index) =>
    checkTier(policy, roster, { rule, tier, field: `${field}.tiers.${index}` }),
  );
}

function checkTier(
  policy: Policy,
  roster: RosterIndex,
  place: { rule: Rule; tier: Tier; field: string },
): readonly Finding[] {
  const { rule, tier, field } = place;
  const vetoers = tier.veto === undefined ? [] : checkMembers(roster, tier.veto, `${field}.veto`);
  const initiators = rule.when.initiator;
  return [...checkQuorum(policy, roster, { quorum: tier.quorum, field: `${field}.quorum`, initiators }), ...vetoers];
}

/** Fillable for at least one initiator, who never counts. */
function checkQuorum(
  policy: Policy,
  roster: RosterIndex,
  place: { quorum: Quorum; field: string; initiators?: Name },
): readonly Finding[] {
  const { quorum, field, initiators } = place;
  if (groupsOf(quorum).some((group) => roster.members(group).length === 0)) return [];
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
