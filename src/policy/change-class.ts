/** Whether a change of a policy only tightens it: a closed list of what does, and all else loosens. */
import * as amount from "../values/amount.ts";
import * as duration from "../values/duration.ts";
import { canonical } from "../values/json.ts";
import type { PolicyDocument } from "./document.ts";
import { parseQuantity, type Unit } from "./quantity.ts";
import type { Quorum } from "./requirement.ts";

export type ChangeClass = "tighten" | "loosen";

type Guard = NonNullable<PolicyDocument["guards"]>[number];
type Limit = NonNullable<PolicyDocument["limits"]>[number];
type Rule = PolicyDocument["rules"][number];
type Tier = Rule["tiers"][number];
type Lists = NonNullable<PolicyDocument["lists"]>;

/** Fields with rules of their own; every other field, also one of a later version of the language, must not change. */
const judgedApart: ReadonlySet<string> = new Set(["version", "previous", "lists", "guards", "limits", "rules"]);

/**
 * Tightens: a rule removed; a guard or a limit added; the maximum of a limit, of a fee guard or of a rule's last tier lowered;
 * the seats of a group raised where they stand; a tier's delay lengthened; an entry removed from a list (lists only permit).
 * Any number of these together, and none of them, with a new version and previous hash, is tightening. Everything else loosens,
 * wording and the change block included. Both documents compile.
 */
export function changeClass(current: PolicyDocument, next: PolicyDocument): ChangeClass {
  const unit = { unit: current.asset, decimals: current.token.decimals };
  const tightens =
    same(fixedPart(current), fixedPart(next)) &&
    listsTighten(current.lists ?? {}, next.lists ?? {}, excludingLists(current)) &&
    keeps(current.guards ?? [], next.guards ?? [], guardTightens) &&
    keeps(current.limits ?? [], next.limits ?? [], (old, now) => limitTightens(old, now, unit)) &&
    keeps(next.rules, current.rules, (now, old) => ruleTightens(old, now, unit));
  return tightens ? "tighten" : "loosen";
}

/** What must stay as it is. */
function fixedPart(document: PolicyDocument): object {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !judgedApart.has(key)));
}

/** Every item stands in `others` under its id too, and the pair passes; an id that stands twice fails. */
function keeps<T extends { readonly id: string }>(
  items: readonly T[],
  others: readonly T[],
  passes: (item: T, other: T) => boolean,
): boolean {
  const byId = new Map(others.map((other) => [other.id, other]));
  if (byId.size !== others.length || new Set(items.map((item) => item.id)).size !== items.length) return false;
  return items.every((item) => {
    const other = byId.get(item.id);
    return other !== undefined && passes(item, other);
  });
}

function guardTightens(old: Guard, now: Guard): boolean {
  const [before, after] = [old.unless?.maxFee?.lte, now.unless?.maxFee?.lte];
  if (before === undefined || after === undefined) return same(old, now);
  const ether = { unit: "ETH", decimals: 18 };
  return same(withoutFee(old), withoutFee(now)) && lowered(before, after, ether);
}

function withoutFee(guard: Guard): object {
  return { ...guard, unless: { ...guard.unless, maxFee: { ...guard.unless?.maxFee, lte: null } } };
}

function limitTightens(old: Limit, now: Limit, unit: Unit): boolean {
  const [before, after] = [old.max, now.max];
  if (!same({ ...old, max: null }, { ...now, max: null })) return false;
  if (typeof before === "number" || typeof after === "number")
    return typeof before === "number" && typeof after === "number" && after <= before;
  return lowered(before, after, unit);
}

function ruleTightens(old: Rule, now: Rule, unit: Unit): boolean {
  if (!same({ ...old, tiers: null }, { ...now, tiers: null }) || old.tiers.length !== now.tiers.length) return false;
  return old.tiers.every((tier, index) => {
    const other = now.tiers[index];
    return other !== undefined && tierTightens(tier, other, { unit, isLast: index === old.tiers.length - 1 });
  });
}

/** Where a lower tier ends is where the next begins, so only the last may end lower. */
function tierTightens(old: Tier, now: Tier, place: { unit: Unit; isLast: boolean }): boolean {
  const bound = same(old.upTo, now.upTo) || (place.isLast && lowered(old.upTo, now.upTo, place.unit));
  const delay = duration.parse(now.delay ?? "0s") >= duration.parse(old.delay ?? "0s");
  return bound && delay && same(restOf(old), restOf(now)) && quorumTightens(old.quorum, now.quorum);
}

/** Who signs, who may veto, and how many different people it takes must stay. */
function restOf(tier: Tier): object {
  return { ...tier, upTo: null, delay: null, quorum: null };
}

/** The same tree of the same groups, and no seat fewer anywhere. */
function quorumTightens(old: Quorum, now: Quorum): boolean {
  if ("group" in old) return "group" in now && same({ ...old, min: null }, { ...now, min: null }) && now.min >= old.min;
  if ("all" in old) return "all" in now && pairwise(old.all, now.all);
  if ("any" in old) return "any" in now && pairwise(old.any, now.any);
  return "ordered" in now && pairwise(old.ordered, now.ordered);
}

function pairwise(old: readonly Quorum[], now: readonly Quorum[]): boolean {
  return old.length === now.length && old.every((part, index) => quorumPair(part, now[index]));
}

function quorumPair(old: Quorum, now: Quorum | undefined): boolean {
  return now !== undefined && quorumTightens(old, now);
}

/** The same lists, with nothing in them that was not there; whoever leaves a list that excludes would be let in. */
function listsTighten(old: Lists, now: Lists, excluding: ReadonlySet<string>): boolean {
  const others = new Map(Object.entries(now));
  if (!same(Object.keys(old).sort(), [...others.keys()].sort())) return false;
  return Object.entries(old).every(([name, list]) => {
    const other = others.get(name);
    if (other === undefined || !same({ ...list, entries: null }, { ...other, entries: null })) return false;
    if (excluding.has(name)) return same(list, other);
    const known = new Set(list.entries.map((entry) => canonical(entry)));
    return other.entries.every((entry) => known.has(canonical(entry)));
  });
}

/** `now` is no more than `before`, in the same unit; `max` is the most there is. */
function lowered(before: string, now: string, unit: Unit): boolean {
  const read = (text: string): bigint => (text === "max" ? amount.max : parseQuantity(text, unit, ""));
  return read(now) <= read(before);
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** Lists by which somebody is kept out: any that a rule does not use to let in, or a guard to spare. */
function excludingLists({ rules, guards, limits }: PolicyDocument): ReadonlySet<string> {
  const conditions = [
    ...rules.map(({ when }) => ({ condition: when, permits: "in" })),
    ...(guards ?? []).map(({ unless }) => ({ condition: unless, permits: "in" })),
    ...(guards ?? []).map(({ when }) => ({ condition: when, permits: "notIn" })),
    // Whatever a limit looks at, fewer of it are counted.
    ...(limits ?? []).map(({ when }) => ({ condition: when, permits: "" })),
  ];
  return new Set(
    conditions.flatMap(({ condition, permits }) => {
      const tests = [condition?.to, ...Object.values(condition?.args ?? {})];
      const fields = Object.values(condition?.typedData?.fields ?? {});
      return [...tests, ...fields].flatMap((test) => (test === undefined ? [] : listOf(test, permits)));
    }),
  );
}

function listOf(test: object, permits: string): readonly string[] {
  return Object.entries(test).flatMap(([key, list]) =>
    (key === "in" || key === "notIn") && key !== permits && typeof list === "string" ? [list] : [],
  );
}
