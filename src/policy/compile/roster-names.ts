/** Whom and what of the roster a policy names, each with its field: a name that the roster does not have is a slip of the pen. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Name } from "../../values/name.ts";
import type { Condition } from "./condition.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Addition, Cover, Guard, Limit, Policy, Tier } from "../policy.ts";
import { partsOf, type Quorum, type Veto } from "../document/requirement.ts";

export type NameFinding = {
  readonly code: "policy.group-empty" | "policy.key-unknown";
  /** Path in the document. */
  readonly field: string;
  readonly message: string;
};

type Use = { readonly kind: "group" | "key"; readonly name: Name; readonly field: string };

/** Groups that nobody is in, and managed keys that are not there, wherever the policy asks for them. */
export function checkNames(policy: Policy, roster: RosterIndex): readonly NameFinding[] {
  const uses = [
    ...[...policy.groups.keys()].map((name) => ofGroup(name, `groups.${name}`)),
    ...policy.separation.flatMap((pair, index) =>
      pair.map((name, side) => ofGroup(name, `separation.${index}.${side}`)),
    ),
    ...policy.guards.flatMap((guard, index) => ofGuard(guard, `guards.${index}`)),
    ...policy.limits.flatMap((limit, index) => ofLimit(limit, `limits.${index}`)),
    ...policy.rules.flatMap(({ when, tiers }, index) => [
      ...ofCondition(when, `rules.${index}.when`),
      ...tiers.flatMap((tier, place) => ofTier(tier, `rules.${index}.tiers.${place}`)),
    ]),
    ...(policy.redemption === undefined
      ? []
      : [ofGroup(policy.redemption.deliveredBy.group, "redemption.delivery.by.group")]),
    ...(["tighten", "loosen"] as const).flatMap((which) => ofDemand(policy.change[which], `change.${which}`)),
  ];
  return uses.flatMap((use) => judge(use, roster));
}

/** Of claims too, which would be proved of nobody. */
export function checkClaimNames(document: PolicyDocument, roster: RosterIndex): readonly NameFinding[] {
  const { never = [], always = [] } = document;
  const uses = [
    ...never.flatMap(({ initiator, account, without }, index) => [
      ...ofClaim({ initiator, account }, `never.${index}`),
      ...(without === undefined ? [] : [ofGroup(without.group, `never.${index}.without.group`)]),
    ]),
    ...always.flatMap((claim, index) => ofClaim(claim, `always.${index}`)),
  ];
  return uses.flatMap((use) => judge(use, roster));
}

function judge({ kind, name, field }: Use, roster: RosterIndex): readonly NameFinding[] {
  if (kind === "group" && roster.members(name).length === 0)
    return [{ code: "policy.group-empty", field, message: `nobody on the roster is in the group \`${name}\`` }];
  if (kind === "key" && roster.key(name) === undefined)
    return [{ code: "policy.key-unknown", field, message: `the roster has no key \`${name}\`` }];
  return [];
}

function ofGroup(name: Name, field: string): Use {
  return { kind: "group", name, field };
}

function ofCondition(
  { initiator, accounts }: Pick<Condition, "initiator" | "accounts">,
  field: string,
): readonly Use[] {
  return [
    ...(initiator === undefined ? [] : [ofGroup(initiator, `${field}.initiator.group`)]),
    ...[...(accounts ?? [])].map((name): Use => ({ kind: "key", name, field: `${field}.account` })),
  ];
}

type WrittenClaim = Pick<NonNullable<PolicyDocument["always"]>[number], "initiator" | "account">;

function ofClaim({ initiator, account }: WrittenClaim, field: string): readonly Use[] {
  const accounts = account === undefined ? undefined : new Set(typeof account === "string" ? [account] : account.in);
  return ofCondition({ initiator: initiator?.group, accounts }, field);
}

function ofGuard({ when, unless, then }: Guard, field: string): readonly Use[] {
  return [
    ...ofCondition(when, `${field}.when`),
    ...(unless === undefined ? [] : ofCondition(unless, `${field}.unless`)),
    ...("by" in then ? [ofGroup(then.by.group, `${field}.require.by.group`)] : []),
    ...(then.kind === "add" ? ofDemand(then.addition, `${field}.add`) : []),
    ...(then.kind === "reserves" ? ofCover(then.cover, `${field}.require.cover`) : []),
  ];
}

function ofCover(cover: Cover | undefined, field: string): readonly Use[] {
  return [
    ...(cover?.warn === undefined ? [] : ofDemand(cover.warn.addition, `${field}.warn.add`)),
    ...(cover?.price === undefined ? [] : [ofGroup(cover.price.by.group, `${field}.price.by.group`)]),
  ];
}

function ofLimit({ when, over }: Limit, field: string): readonly Use[] {
  return [...ofCondition(when, `${field}.when`), ...(over === "deny" ? [] : ofDemand(over, `${field}.over.add`))];
}

function ofTier(tier: Tier, field: string): readonly Use[] {
  return [...ofDemand(tier, field), { kind: "key", name: tier.sign, field: `${field}.sign` }];
}

function ofDemand(
  { quorum, veto }: Pick<Addition, "quorum"> & { veto?: Veto | undefined },
  field: string,
): readonly Use[] {
  return [
    ...(quorum === undefined ? [] : seatsOf(quorum, `${field}.quorum`)),
    ...(veto === undefined ? [] : [ofGroup(veto.group, `${field}.veto.group`)]),
  ];
}

/** Every seat of a quorum with its path. */
function seatsOf(quorum: Quorum, field: string): readonly Use[] {
  if ("group" in quorum) return [ofGroup(quorum.group, `${field}.group`)];
  const [key = ""] = Object.keys(quorum);
  return partsOf(quorum).flatMap((part, index) => seatsOf(part, `${field}.${key}.${index}`));
}
