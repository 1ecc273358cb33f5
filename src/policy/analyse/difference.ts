/** How the outcome of one cell differs between two policies: in what, from what to what, and whether that asks for more. */
import * as duration from "../../values/duration.ts";
import { canonical } from "../../values/json.ts";
import { floorTexts, quorumText, vetoText } from "../decide/demand-text.ts";
import type { Electorate } from "./electorate.ts";
import { evidenceImplies, evidenceText } from "./evidence-order.ts";
import type { Outcome, Permitted } from "./outcome.ts";
import type { Addition, Batch, Distinct, Groups, Limit, Policy, Window } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import type { Quorum } from "../document/requirement.ts";
import { compare, type Comparison, type Held, type Requirement } from "./strength.ts";

/** What officers must know of a change; `incomparable` and `undecided` count as loosening. */
export type Effect = "tightening" | "loosening" | "incomparable" | "undecided";

export type Difference = { readonly effect: Effect; readonly from: string; readonly to: string };

export type Side = { readonly policy: Policy; readonly outcome: Outcome; readonly electorate: Electorate };

/** Answers to what was compared before, by the texts of both requirements and the initiator. */
export type Memory = Map<string, Comparison>;

/** Undefined when nothing differs. */
export function differenceOf(before: Side, next: Side, memory: Memory = new Map()): Difference | undefined {
  const [a, b] = [before.outcome, next.outcome];
  if (a.kind === "permitted" && b.kind === "permitted") return permittedDifference(before, next, { a, b, memory });
  if (a.kind !== "permitted" && b.kind !== "permitted") return undefined;
  const effect = a.kind === "permitted" ? "tightening" : "loosening";
  return { effect, from: outcomeText(a, before.policy), to: outcomeText(b, next.policy) };
}

type Aspect = { readonly comparison: Comparison; readonly from: string; readonly to: string };

function permittedDifference(
  before: Side,
  next: Side,
  { a, b, memory }: { readonly a: Permitted; readonly b: Permitted; readonly memory: Memory },
): Difference | undefined {
  const aspects = [
    {
      comparison: compared(
        { requirement: a.requirement, electorate: before.electorate },
        { requirement: b.requirement, electorate: next.electorate },
        memory,
      ),
      from: requirementText(a.requirement, before.policy.groups),
      to: requirementText(b.requirement, next.policy.groups),
    },
    evidenceAspect(a, b, before.policy, next.policy),
    limitAspect({ permitted: a, policy: before.policy }, { permitted: b, policy: next.policy }),
    ageAspect(a, b),
    loudAspect(a, b),
    batchAspect({ permitted: a, policy: before.policy }, { permitted: b, policy: next.policy }),
  ].filter(({ comparison }) => comparison !== "equal");
  if (aspects.length === 0) return undefined;
  return {
    effect: effectOf(aspects.map(({ comparison }) => comparison)),
    from: aspects.map(({ from }) => from).join("; "),
    to: aspects.map(({ to }) => to).join("; "),
  };
}

function compared(before: Held, next: Held, memory: Memory): Comparison {
  const key = JSON.stringify([before.requirement, next.requirement, next.electorate.initiator]);
  const known = memory.get(key) ?? compare(before, next);
  memory.set(key, known);
  return known;
}

export function effectOf(comparisons: readonly Comparison[]): Effect {
  if (comparisons.includes("incomparable")) return "incomparable";
  if (comparisons.includes("undecided")) return "undecided";
  if (comparisons.includes("stronger") && comparisons.includes("weaker")) return "incomparable";
  return comparisons.includes("weaker") ? "loosening" : "tightening";
}

/** Of sets of demands: every one on the other side is implied by one on this. */
function comparisonOf<T>(before: readonly T[], next: readonly T[], implies: (one: T, other: T) => boolean): Comparison {
  const up = before.every((other) => next.some((one) => implies(one, other)));
  const down = next.every((other) => before.some((one) => implies(one, other)));
  if (up) return down ? "equal" : "stronger";
  return down ? "weaker" : "incomparable";
}

function evidenceAspect(a: Permitted, b: Permitted, before: Policy, next: Policy): Aspect {
  const texts = ({ evidence }: Permitted): readonly string[] => evidence.map(evidenceText);
  const same = before.asset === next.asset;
  const comparison = comparisonOf(a.evidence, b.evidence, (one, other) => same && evidenceImplies(one, other));
  return { comparison, ...apart(texts(a), texts(b), "no such evidence") };
}

type Counted = { readonly permitted: Permitted; readonly policy: Policy };

function limitAspect(before: Counted, next: Counted): Aspect {
  const of = ({ permitted, policy }: Counted): readonly PlacedLimit[] =>
    permitted.limits.map((limit) => ({ limit, policy }));
  const texts = (counted: Counted): readonly string[] => of(counted).map(limitText);
  const comparison = comparisonOf(of(before), of(next), limitImplies);
  return { comparison, ...apart(texts(before), texts(next), "no such limit") };
}

/** What stands on both sides is no part of what differs. */
function apart(before: readonly string[], next: readonly string[], none: string): Omit<Aspect, "comparison"> {
  const only = (texts: readonly string[], others: readonly string[]): string =>
    texts.filter((text) => !others.includes(text)).join(", ") || none;
  return { from: only(before, next), to: only(next, before) };
}

type PlacedLimit = { readonly limit: Limit; readonly policy: Policy };

/** Whatever the first lets through, the second does: it counts no less together, over no less time, up to no more. What fills a limit is told by operation and dimension alone. */
function limitImplies(one: PlacedLimit, other: PlacedLimit): boolean {
  const [a, b] = [one.limit, other.limit];
  return (
    a.metric === b.metric &&
    (a.per === b.per || a.per === "asset") &&
    windowCovers(a.window, b.window) &&
    (a.window.kind === "rolling" ||
      canonical(one.policy.calendar ?? null) === canonical(other.policy.calendar ?? null)) &&
    a.max <= b.max &&
    [...b.when.operations].every((operation) => a.when.operations.has(operation)) &&
    overImplies(a.over, b.over)
  );
}

function windowCovers(one: Window, other: Window): boolean {
  if (one.kind === "rolling" && other.kind === "rolling") return one.seconds >= other.seconds;
  return one.kind === "calendar" && other.kind === "calendar" && one.unit === other.unit;
}

/** More is added than by the other; only what is plainly so counts. */
function overImplies(one: Limit["over"], other: Limit["over"]): boolean {
  if (one === "deny") return true;
  if (other === "deny") return false;
  const veto = other.veto === undefined || (one.veto?.group === other.veto.group && one.veto.min <= other.veto.min);
  const quorum = other.quorum === undefined || canonical(one.quorum ?? null) === canonical(other.quorum);
  const floors = one.distinct.people >= other.distinct.people && one.distinct.units >= other.distinct.units;
  return veto && quorum && floors && one.delaySeconds >= other.delaySeconds;
}

function limitText({ limit, policy }: PlacedLimit): string {
  const { window } = limit;
  const most = limit.metric === "count" ? `${limit.max} requests` : inAsset(limit.max, policy);
  const over = limit.over === "deny" ? "" : `, beyond it also ${additionText(limit.over)}`;
  const span = window.kind === "rolling" ? duration.format(window.seconds) : `calendar ${window.unit}`;
  return `limit ${limit.id} (${limit.metric}) of ${most} per ${limit.per} in ${span}${over}`;
}

function additionText({ quorum, delaySeconds, distinct, veto }: Addition): string {
  const vetoes = veto === undefined ? [] : [veto];
  return partsText({ quorum, floors: [distinct], delaySeconds, vetoes }, new Map()).join(", ");
}

function ageAspect(a: Permitted, b: Permitted): Aspect {
  const age = ({ lists }: Permitted): number => Math.max(0, ...lists.map(({ minAgeSeconds }) => minAgeSeconds));
  const comparison = age(a) === age(b) ? "equal" : age(a) < age(b) ? "stronger" : "weaker";
  const text = (seconds: number): string =>
    seconds === 0 ? "recipients at once" : `recipients listed for ${duration.format(seconds)}`;
  return { comparison, from: text(age(a)), to: text(age(b)) };
}

/** Everybody is told, or not. */
function loudAspect({ rule: a }: Permitted, { rule: b }: Permitted): Aspect {
  const text = (loud: boolean): string => (loud ? "everybody is told" : "nobody is told");
  return {
    comparison: a.loud === b.loud ? "equal" : b.loud ? "stronger" : "weaker",
    from: text(a.loud),
    to: text(b.loud),
  };
}

/** How much one word may cover: less of it is stronger. */
function batchAspect(before: Counted, next: Counted): Aspect {
  const [a, b] = [before.permitted.rule.batch, next.permitted.rule.batch];
  const takes = (one: Batch | undefined, other: Batch | undefined): boolean =>
    other === undefined || (one !== undefined && one.max >= other.max && one.total >= other.total);
  const [weaker, stronger] = [takes(b, a), takes(a, b)];
  const comparison = weaker ? (stronger ? "equal" : "weaker") : stronger ? "stronger" : "incomparable";
  const text = (batch: Batch | undefined, { policy }: Counted): string =>
    batch === undefined ? "no batches" : `batches of at most ${batch.max} requests, ${inAsset(batch.total, policy)}`;
  return { comparison, from: text(a, before), to: text(b, next) };
}

function outcomeText(outcome: Outcome, policy: Policy): string {
  switch (outcome.kind) {
    case "denied":
      return outcome.clause === "rule" ? "denied: no rule" : `denied by ${outcome.clause}`;
    case "ambiguous":
      return `refused: ${outcome.rules.map(({ id }) => id).join(" and ")} both match`;
    case "permitted":
      return [
        requirementText(outcome.requirement, policy.groups),
        ...outcome.evidence.map(evidenceText),
        ...outcome.limits.map((limit) => limitText({ limit, policy })),
      ].join("; ");
  }
}

/** `2 of custodians and 1 of compliance, after 30m, signed by hsm-mint`. */
export function requirementText({ ask, delaySeconds, vetoes, sign }: Requirement, groups: Groups): string {
  return [...partsText({ ...ask, delaySeconds, vetoes }, groups), `signed by ${sign}`].join(", ");
}

/** The same quorum with the kinds of credentials that its seats take. */
function withKinds(quorum: Quorum, groups: Groups): Quorum {
  if ("all" in quorum) return { all: quorum.all.map((part) => withKinds(part, groups)) };
  if ("any" in quorum) return { any: quorum.any.map((part) => withKinds(part, groups)) };
  if ("ordered" in quorum) return { ordered: quorum.ordered.map((part) => withKinds(part, groups)) };
  const taken = groups.get(quorum.group)?.credentials;
  const kinds = (quorum.credentials ?? [...(taken ?? [])]).filter((kind) => taken?.has(kind) !== false);
  return kinds.length === 0 ? quorum : { ...quorum, credentials: [...kinds].sort() };
}

function partsText(
  parts: {
    readonly quorum: Requirement["ask"]["quorum"] | undefined;
    readonly floors: readonly Distinct[];
    readonly delaySeconds: number;
    readonly vetoes: Requirement["vetoes"];
  },
  groups: Groups,
): readonly string[] {
  const { quorum, floors, delaySeconds, vetoes } = parts;
  return [
    ...(quorum === undefined ? [] : [quorumText(withKinds(quorum, groups))]),
    ...floors.flatMap(floorTexts),
    ...(delaySeconds === 0 ? [] : [`after ${duration.format(delaySeconds)}`]),
    ...vetoes.map(vetoText),
  ];
}
