/** Which rule an intent falls under: exactly one, or none and how near the others came. */
import * as address from "../values/address.ts";
import * as duration from "../values/duration.ts";
import * as instant from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import type { PolicyCode } from "./code.ts";
import type { Decision } from "./decision.ts";
import { toClause, type Judgement } from "./judgement.ts";
import type { Case, Policy, Rule, Tier } from "./policy.ts";
import { inAsset } from "./quantity.ts";

export type Match = {
  readonly rule: Rule | undefined;
  readonly tier: Tier | undefined;
  readonly judgements: readonly Judgement[];
  readonly nearest: Decision["nearest"];
};

/** How many rules a refusal lists. */
const nearestMax = 10;

export function matchRule(one: Case): Match {
  // A checksum costs a hash: once for the case, not for every rule.
  const recipient = address.checksum(one.intent.to);
  const views = one.policy.rules.map((rule) => ({ rule, judgements: judgePattern(one, rule, recipient) }));
  const matching = views.filter((view) => view.judgements.every((judgement) => judgement.ok));
  const [view] = matching;
  if (view === undefined) return { ...none, judgements: [unmatched(one, views)], nearest: nearest(one, views) };
  if (matching.length > 1) return { ...none, judgements: [ambiguous(matching.map(({ rule }) => rule.id))] };
  const tier = view.rule.tiers.find(({ from, below }) => from <= one.intent.amount && one.intent.amount < below);
  const judgements = [...view.judgements, ...judgeAge(one, view.rule), judgeAmount(one, view.rule)];
  return { rule: view.rule, tier, judgements, nearest: [] };
}

type View = { readonly rule: Rule; readonly judgements: readonly Judgement[] };

const none = { rule: undefined, tier: undefined, nearest: [] };

/** What makes the rule this intent's rule. */
function judgePattern(one: Case, rule: Rule, recipient: string): readonly Judgement[] {
  const { policy, roster, intent, initiator } = one;
  const pattern = { kind: "rule", curable: false } as const;
  const operation: Judgement = {
    ...pattern,
    id: `${rule.id}.operation`,
    code: "policy.no-rule",
    ok: rule.when.operations.has(intent.operation),
    observed: intent.operation,
    bound: [...rule.when.operations].sort().join(" or "),
  };
  const from: Judgement = {
    ...pattern,
    id: `${rule.id}.initiator`,
    code: "policy.initiator-not-in-group",
    ok: roster.inGroup(initiator, rule.when.initiator),
    observed: initiator,
    bound: `group ${rule.when.initiator}`,
  };
  const list = permittedList(rule);
  if (list === undefined) return [operation, from];
  const label = policy.lists.get(list)?.entries.get(intent.to);
  const to: Judgement = {
    ...pattern,
    id: `${rule.id}.to`,
    code: "policy.recipient-not-listed",
    ok: label !== undefined,
    observed: `${recipient}${label === undefined ? "" : ` (${label})`}`,
    bound: `list ${list}`,
  };
  return [operation, from, to];
}

/** The list that holds the recipient; undefined permits every recipient. */
export function permittedList({ when }: Rule): Name | undefined {
  return when.to?.kind === "in" ? when.to.list : undefined;
}

/** An entry counts once the gate has known it for the list's `minAge`; an entry of unknown age is new. */
function judgeAge({ policy, intent, facts }: Case, rule: Rule): readonly Judgement[] {
  const name = permittedList(rule);
  const list = name === undefined ? undefined : policy.lists.get(name);
  if (name === undefined || list === undefined || list.minAgeSeconds === 0) return [];
  const since = facts.listedSince[`${name} ${intent.to}`];
  return [
    {
      id: `${rule.id}.to.age`,
      kind: "wait",
      code: "policy.recipient-too-new",
      ok: since !== undefined && facts.now - since >= list.minAgeSeconds,
      curable: true,
      observed: since === undefined ? "not known since when it is listed" : `listed since ${instant.toIso(since)}`,
      bound: `for ${duration.format(list.minAgeSeconds)}`,
    },
  ];
}

function judgeAmount({ policy, intent }: Case, rule: Rule): Judgement {
  const top = (rule.tiers.at(-1)?.below ?? 0n) - 1n;
  return {
    id: `${rule.id}.amount`,
    kind: "rule",
    code: "policy.over-top-tier",
    ok: rule.tiers.some(({ from, below }) => from <= intent.amount && intent.amount < below),
    curable: false,
    observed: inAsset(intent.amount, policy),
    bound: `at most ${inAsset(top, policy)}`,
  };
}

/** Named by what the nearest rule lacks: the operation, the group of the initiator, or the recipient. */
function unmatched({ intent, initiator, policy }: Case, views: readonly View[]): Judgement {
  const lacks = views.map(({ judgements }) => judgements.find((judgement) => !judgement.ok)?.code);
  const order: readonly PolicyCode[] = ["policy.recipient-not-listed", "policy.initiator-not-in-group"];
  return {
    id: "rule",
    kind: "rule",
    code: order.find((code) => lacks.includes(code)) ?? "policy.no-rule",
    ok: false,
    curable: false,
    observed: `${intent.operation} by ${initiator} to ${address.checksum(intent.to)}`,
    bound: `a rule among ${ruleNames(policy)}`,
  };
}

function ambiguous(ids: readonly string[]): Judgement {
  const observed = `rules ${[...ids].sort().join(", ")}`;
  return {
    id: "rule",
    kind: "rule",
    code: "policy.ambiguous",
    ok: false,
    curable: false,
    observed,
    bound: "exactly one rule",
  };
}

function ruleNames(policy: Policy): string {
  return policy.rules
    .map((rule) => rule.id)
    .sort()
    .join(", ");
}

/** Each rule's first failing clause, the rule with the most clauses in its favour first. */
function nearest(one: Case, views: readonly View[]): Decision["nearest"] {
  const passed = (view: View): number => view.judgements.filter((judgement) => judgement.ok).length;
  return [...views]
    .sort((a, b) => passed(b) - passed(a) || (a.rule.id < b.rule.id ? -1 : 1))
    .slice(0, nearestMax)
    .flatMap(({ rule, judgements }) => {
      const first = [...judgements, judgeAmount(one, rule)].find((judgement) => !judgement.ok);
      return first === undefined ? [] : [{ rule: rule.id, clause: toClause(first) }];
    });
}
