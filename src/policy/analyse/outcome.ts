/** What becomes of a request at best: on the most favourable facts, with nothing used and every wait over. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Name } from "../../values/name.ts";
import { groupsOf, judgeSeparation, peopleOf } from "../decide/approval.ts";
import { localTime } from "../compile/calendar.ts";
import { demandTogether, type Added } from "../decide/demand.ts";
import { greatestCap } from "../decide/backing.ts";
import { isOfTotals } from "../decide/guard.ts";
import { cut } from "./cut.ts";
import { quorumsIn } from "./electorate.ts";
import type { By, Cover, Guard, Limit, PermitList, Policy, Rule, Tier } from "../policy.ts";
import { holdsIn, recipientTests, type Spot } from "./spot.ts";
import type { Requirement } from "./strength.ts";

export type Denied = {
  readonly kind: "denied";
  readonly code: string;
  /** The clause that denies, as a decision names it. */
  readonly clause: string;
};

export type Permitted = {
  readonly kind: "permitted";
  readonly rule: Rule;
  readonly tier: Tier;
  readonly requirement: Requirement;
  /** Evidence that somebody must have signed. */
  readonly evidence: readonly Guard[];
  /** Limits that count the request. */
  readonly limits: readonly Limit[];
  /** Lists whose entry of the recipient must be old enough. */
  readonly lists: readonly PermitList[];
};

export type Outcome = Denied | { readonly kind: "ambiguous"; readonly rules: readonly Rule[] } | Permitted;

/** A policy before a roster, with what is the same for every request. */
export type Ground = {
  readonly policy: Policy;
  readonly roster: RosterIndex;
  /** Clause of a pair of groups that somebody is in both of: then nothing is allowed. */
  readonly broken: string | undefined;
  /** Groups with fewer people than the policy says. */
  readonly short: ReadonlySet<Name>;
};

export function groundOf(policy: Policy, roster: RosterIndex): Ground {
  const broken = judgeSeparation({ policy, roster }).find(({ ok }) => !ok)?.id;
  const short = [...policy.groups].filter(([group, { min }]) => peopleOf(roster, group).length < min);
  return { policy, roster, broken, short: new Set(short.map(([group]) => group)) };
}

/** Of a request in the spot that the managed key would sign. `rules` are those that could match; all of them unless given. */
export function outcomeIn(
  ground: Ground,
  spot: Spot,
  key: Name,
  rules: readonly Rule[] = ground.policy.rules,
): Outcome {
  return outcomeBy(ground, spot, { key, rules, tierOf: (rule) => tierIn(rule, spot) });
}

/** The same in a batch: its total says which tier it is in, and guards that speak of amounts look at both. */
export function outcomeBy(
  ground: Ground,
  spot: Spot,
  asked: {
    readonly key: Name;
    readonly rules: readonly Rule[];
    readonly tierOf: (rule: Rule) => Tier | undefined;
    readonly total?: Spot;
  },
): Outcome {
  const { key, rules, tierOf, total } = asked;
  const { policy, roster } = ground;
  const matching = rules.filter((rule) => holdsIn({ condition: rule.when, policy }, spot, key) === true);
  const [rule, second] = matching;
  if (rule === undefined) return denied("policy.no-rule", "rule");
  if (second !== undefined) return { kind: "ambiguous", rules: matching };
  const tier = tierOf(rule);
  if (tier === undefined) return denied("policy.over-top-tier", `${rule.id}.amount`);
  if (tier.sign !== key || roster.key(key) === undefined) return denied("policy.wrong-key", `${rule.id}.sign`);
  const alone = tierIn(rule, spot) ?? tier;
  return permitted(ground, spot, { rule, tier, alone, key, total });
}

/**
 * Totals that a batch with the request may come to, cut where something changes: those that are as the request is by itself are left
 * out. Cells of requests are cut at the same amounts.
 */
export function totalsIn({ batch }: Rule, spot: Spot, edges: readonly bigint[]): readonly Spot[] {
  if (batch === undefined || spot.amount.below > batch.total) return [];
  const whole = { from: spot.amount.below, below: batch.total + 1n };
  return cut(whole, edges).map((amount) => ({ ...spot, amount }));
}

export function tierIn({ tiers }: Rule, { amount: cell }: Spot): Tier | undefined {
  return tiers.find(({ below }) => cell.below <= below);
}

type Permitting = { rule: Rule; tier: Tier; alone: Tier; key: Name; total: Spot | undefined };

function permitted(ground: Ground, spot: Spot, { rule, tier, alone, key, total }: Permitting): Outcome {
  const { policy } = ground;
  const guards = policy.guards.filter(
    (guard) =>
      applies(policy, guard, spot, key) ||
      (total !== undefined && isOfTotals(guard) && applies(policy, guard, total, key)),
  );
  const blocked = guards.find((guard) => !isMeetable(ground, guard, spot));
  if (blocked !== undefined) return denied("policy.guard", `guard.${blocked.id}`);
  const limits = policy.limits.filter((limit) => counts(policy, limit, spot, key));
  const over = limits.filter((limit) => isBeyond(policy, limit, spot));
  const full = over.find((limit) => limit.over === "deny");
  if (full !== undefined) return denied("policy.limit-exceeded", `limit.${full.id}`);
  const added: readonly Added[] = [
    ...guards.flatMap((guard) => addedBy(policy, guard, spot)),
    ...over.flatMap(({ id, over: addition }) => (addition === "deny" ? [] : [{ id: `limit.${id}`, addition }])),
  ];
  const requirement = requirementOf(rule, { total: tier, alone }, added);
  const short = quorumsIn(requirement.ask)
    .flatMap(groupsOf)
    .find((group) => ground.short.has(group));
  if (short !== undefined) return denied("policy.group-floor", `group.${short}`);
  if (ground.broken !== undefined) return denied("policy.separation", ground.broken);
  const evidence = guards.filter(({ then }) => then.kind !== "add");
  return { kind: "permitted", rule, tier, requirement, evidence, limits, lists: listsOf(policy, rule) };
}

/** No request is like that: its only recipient is the account itself, or its domain is that of the house's own statements. */
export function isVoid({ recipients, typed }: Spot, key: Name, { roster }: Ground): boolean {
  if (typed?.domain.name?.trim().toLowerCase() === "countersign") return true;
  const account = roster.key(key)?.account;
  return recipients?.members.every((member) => member === account) === true;
}

/** A guard applies unless it surely does not: a fact that is missing never keeps it away. */
export function applies(policy: Policy, { when, unless }: Guard, spot: Spot, key: Name): boolean {
  if (holdsIn({ condition: when, policy }, spot, key) === false) return false;
  return unless === undefined || holdsIn({ condition: unless, policy }, spot, key) !== true;
}

/** Whether the limit is asked about such a request; a burn only ever makes a net less. */
export function counts(policy: Policy, { when, metric }: Limit, spot: Spot, key: Name): boolean {
  if (metric === "net" && (spot.operation === "burn" || spot.operation === "redeem")) return false;
  return holdsIn({ condition: when, policy }, spot, key) !== false;
}

/**
 * Whether even with nothing used the request is too much, or the window is one that no calendar knows at that time. A net is at its
 * best when more was burned than this mints, so it never is.
 */
function isBeyond({ calendar }: Policy, { metric, max, window }: Limit, { amount: cell, at }: Spot): boolean {
  if (window.kind === "calendar" && (calendar === undefined || localTime(calendar, at) === undefined)) return true;
  return metric === "sum" && cell.from > max;
}

/** Whether the roster has who must attest, and there is a number that covers the amount. */
function isMeetable({ roster, policy }: Ground, { then }: Guard, { amount: cell }: Spot): boolean {
  switch (then.kind) {
    case "deny":
      return false;
    case "add":
      return true;
    case "reserves":
      return isManned(roster, then.by) && isCoverable({ roster, policy }, then, cell.from);
    case "price":
    case "identity":
    case "document":
      return isManned(roster, then.by);
  }
}

function isManned(roster: RosterIndex, { group, min }: By): boolean {
  return roster.members(group).length >= min;
}

type Reserves = Extract<Guard["then"], { kind: "reserves" }>;

function isCoverable({ roster, policy }: Pick<Ground, "roster" | "policy">, then: Reserves, least: bigint): boolean {
  const { cover } = then;
  if (cover === undefined) return true;
  const { ratio, price } = cover;
  return (price === undefined || isManned(roster, price.by)) && least <= capBy(policy, then, { cover, ratio });
}

function capBy({ token }: Policy, then: Reserves, { cover, ratio }: Pick<Cover, "ratio"> & { cover: Cover }): bigint {
  return greatestCap(then, cover, { ratio, decimals: token.decimals });
}

/** The first amounts that are beyond a warning, and beyond what any attested reserves can cover. */
export function uncoverable(policy: Policy, { then }: Guard): readonly bigint[] {
  if (then.kind !== "reserves" || then.cover === undefined) return [];
  const { cover } = then;
  const ratios = [cover.ratio, ...(cover.warn === undefined ? [] : [cover.warn.ratio])];
  return ratios.map((ratio) => capBy(policy, then, { cover, ratio }) + 1n);
}

/** What a guard adds at best: a warning only what no reserves keep from it. */
function addedBy(policy: Policy, { id, then }: Guard, { amount: cell }: Spot): readonly Added[] {
  if (then.kind === "add") return [{ id: `guard.${id}`, addition: then.addition }];
  if (then.kind !== "reserves" || then.cover?.warn === undefined) return [];
  const { cover } = then;
  if (cover.warn === undefined || cell.from <= capBy(policy, then, { cover, ratio: cover.warn.ratio })) return [];
  return [{ id: `guard.${id}.warn`, addition: cover.warn.addition }];
}

function requirementOf(
  { id }: Rule,
  tiers: { readonly total: Tier; readonly alone: Tier },
  added: readonly Added[],
): Requirement {
  const { delaySeconds, vetoes, ...ask } = demandTogether(id, tiers, added);
  return { ask, delaySeconds, vetoes: vetoes.map(({ veto }) => veto), sign: tiers.total.sign };
}

/** Lists that permit the recipient, and make a new entry wait. */
function listsOf({ lists }: Policy, { when }: Rule): readonly PermitList[] {
  return recipientTests(when).flatMap((test) => (test.kind === "in" ? (lists.get(test.list) ?? []) : []));
}

function denied(code: string, clause: string): Denied {
  return { kind: "denied", code, clause };
}
