/** Which rule an intent falls under: exactly one, or none and how near the others came. */
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { PolicyCode } from "../code.ts";
import { addressText, intervalText } from "./condition-text.ts";
import type { Decision } from "../decision.ts";
import { ageOf, agingOf } from "./holds.ts";
import { toClause, type Judgement } from "./judgement.ts";
import { partsOf, type Part } from "./part.ts";
import type { Case, Rule, Tier } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import { rulebookOf } from "../compile/rulebook.ts";

export type Match = {
  readonly rule: Rule | undefined;
  readonly tier: Tier | undefined;
  readonly judgements: readonly Judgement[];
  readonly nearest: Decision["nearest"];
};

/** How many rules a refusal lists. */
const nearestMax = 10;

export function matchRule(one: Case): Match {
  const { operation, to, amount } = one.intent;
  const matching = rulebookOf(one.policy)
    .candidates(operation, to)
    .filter((rule) => partsOf(rule.when).every((part) => part.answer(one) === "yes"));
  const [rule, other] = matching;
  if (rule === undefined) return unmatched(one);
  if (other !== undefined) return { ...none, judgements: [ambiguous(matching.map(({ id }) => id))] };
  const tier = rule.tiers.find(({ below }) => amount < below);
  // The tiers' clause says what the condition says of the amount, too.
  const parts = partsOf(rule.when).filter(({ id }) => id !== "amount");
  const judgements = [
    ...parts.map((part) => judgePart(one, rule, part)),
    ...parts.flatMap((part) => judgeAge(one, rule, part)),
    judgeAmount(one, rule, tier),
  ];
  return { rule, tier, judgements, nearest: [] };
}

const none = { rule: undefined, tier: undefined, nearest: [] };

function judgePart(one: Case, rule: Rule, part: Part): Judgement {
  return {
    id: `${rule.id}.${part.id}`,
    kind: "rule",
    code: part.code,
    ok: part.answer(one) === "yes",
    curable: isTimely(part, one),
    observed: part.observed(one),
    bound: part.bound(one),
  };
}

/** A window that is closed opens again; a moment of which no local time is known comes no nearer. */
function isTimely(part: Part, one: Case): boolean {
  return part.id === "time" && part.answer(one) === "no";
}

/** An entry counts once the gate has known it for the list's `minAge`; an entry of unknown age is new. */
function judgeAge(one: Case, rule: Rule, part: Part): readonly Judgement[] {
  const age = ageOf(part, one);
  if (age === undefined) return [];
  const { since, minAgeSeconds } = age;
  return [
    {
      id: `${rule.id}.${part.id}.age`,
      kind: "wait",
      code: "policy.recipient-too-new",
      ok: agingOf(part, one) === undefined,
      curable: true,
      observed: since === undefined ? "not known since when it is listed" : `listed since ${instant.toIso(since)}`,
      bound: `for ${duration.format(minAgeSeconds)}`,
    },
  ];
}

function judgeAmount({ policy, intent }: Case, rule: Rule, tier: Tier | undefined): Judgement {
  const top = (rule.tiers.at(-1)?.below ?? 0n) - 1n;
  const show = (value: bigint): string => inAsset(value, policy);
  const within = rule.when.amount === undefined ? "" : `${intervalText(rule.when.amount, show)}, and `;
  return {
    id: `${rule.id}.amount`,
    kind: "rule",
    code: "policy.over-top-tier",
    ok: tier !== undefined,
    curable: false,
    observed: show(intent.amount),
    bound: `${within}at most ${show(top)}`,
  };
}

/** What a refusal is named by, the nearest first: a rule that lacks a later part has all the parts before it. */
const nearness: readonly PolicyCode[] = [
  "policy.outside-hours",
  "policy.typed-data",
  "policy.argument",
  "policy.fee-outside",
  "policy.amount-outside",
  "policy.wrong-account",
  "policy.recipient-excluded",
  "policy.recipient-not-listed",
  "policy.initiator-not-in-group",
];

type Miss = { readonly rule: Rule; readonly first: Part; readonly passed: number };

/** Named by what the nearest rule lacks; when that is only the hour, the hour comes. */
function unmatched(one: Case): Match {
  const { intent, initiator, policy } = one;
  const { byId, names } = rulebookOf(policy);
  const misses = byId.flatMap((rule) => missOf(one, rule));
  const lacks = new Set(misses.map(({ first }) => first.code));
  const judgement: Judgement = {
    id: "rule",
    kind: "rule",
    code: nearness.find((code) => lacks.has(code)) ?? "policy.no-rule",
    ok: false,
    // The hour is the last part that a rule has: where it is the first to fail, nothing else does.
    curable: misses.some(({ first }) => isTimely(first, one)),
    observed: `${intent.operation} by ${initiator} to ${addressText(intent.to)}`,
    bound: `a rule among ${names}`,
  };
  return { ...none, judgements: [judgement], nearest: nearest(one, misses) };
}

function missOf(one: Case, rule: Rule): readonly Miss[] {
  const parts = partsOf(rule.when);
  const failing = parts.filter((part) => part.answer(one) !== "yes");
  return failing.slice(0, 1).map((first) => ({ rule, first, passed: parts.length - failing.length }));
}

/** Each rule's first failing clause, the rule with the most clauses in its favour first, then by id. */
function nearest(one: Case, misses: readonly Miss[]): Decision["nearest"] {
  const passed = [...new Set(misses.map((miss) => miss.passed))].sort((a, b) => b - a);
  return passed
    .flatMap((count) => misses.filter((miss) => miss.passed === count))
    .slice(0, nearestMax)
    .map(({ rule, first }) => ({ rule: rule.id, clause: toClause(judgePart(one, rule, first)) }));
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
