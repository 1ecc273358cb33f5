/** Whether a change of a policy only tightens it: a closed list of what does, and all else loosens. */
import { canonical } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { compile } from "../compile/compile.ts";
import { sharedOperation } from "../compile/disjoint.ts";
import type { PolicyDocument } from "../document/document.ts";
import { listUses } from "../compile/list-use.ts";
import type { Policy } from "../policy.ts";
import type { Unit } from "../quantity.ts";
import {
  additionTightens,
  countriesTighten,
  delayTightens,
  distinctTightens,
  isLowered,
  lowersBounds,
  quorumTightens,
  same,
} from "./tightening.ts";

export type ChangeClass = "tighten" | "loosen";

type Guard = NonNullable<PolicyDocument["guards"]>[number];
type Limit = NonNullable<PolicyDocument["limits"]>[number];
type Rule = PolicyDocument["rules"][number];
type Tier = Rule["tiers"][number];

/** Fields with rules of their own; every other field, also one of a later version of the language, must not change. */
const judgedApart: ReadonlySet<string> = new Set([
  "version",
  "previous",
  "countries",
  "feeds",
  "lists",
  "guards",
  "limits",
  "rules",
]);

/**
 * Tightens: a rule removed that no other rule overlaps; a guard or a limit added; the maximum of a limit or of a rule's last tier
 * lowered; of a guard, an upper bound of its `unless` or a lower bound of its `when` lowered; the seats of a group or a floor of
 * distinct people raised where they stand, and a delay lengthened, in tiers and in what is added; a rule's batches fewer,
 * smaller or gone; a feed added; an entry removed from a list that only permits; countries asked about, fewer of `only`, more of `never`. Any number of these together, and none of them, with a new version and previous hash, is tightening. Everything
 * else loosens, wording and the change block included. Both documents compile.
 */
export function changeClass(current: PolicyDocument, next: PolicyDocument): ChangeClass {
  const tightens =
    same(fixedPart(current), fixedPart(next)) &&
    clausesTighten(current, next) &&
    feedsStay(current, next) &&
    listsTighten(current, next) &&
    countriesTighten(current.countries, next.countries) &&
    opensNothing(current, next);
  return tightens ? "tighten" : "loosen";
}

function clausesTighten(current: PolicyDocument, next: PolicyDocument): boolean {
  const unit = { unit: current.asset, decimals: current.token.decimals };
  return (
    keeps(current.guards ?? [], next.guards ?? [], (old, now) => guardTightens(old, now, unit)) &&
    keeps(current.limits ?? [], next.limits ?? [], (old, now) => limitTightens(old, now, unit)) &&
    keeps(next.rules, current.rules, (now, old) => ruleTightens(old, now, unit))
  );
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

/**
 * A guard that applies to more, or asks for more. What evidence it requires stays as it is: a shorter `maxAge` would no longer hear
 * the attestor who said least.
 */
function guardTightens(old: Guard, now: Guard, unit: Unit): boolean {
  const own = { when: null, unless: null, add: null };
  return (
    same({ ...old, ...own }, { ...now, ...own }) &&
    lowersBounds(old.when, now.when, { keys: ["gt", "gte"], unit }) &&
    lowersBounds(old.unless, now.unless, { keys: ["lt", "lte"], unit }) &&
    additionTightens(old.add, now.add)
  );
}

function limitTightens(old: Limit, now: Limit, unit: Unit): boolean {
  const own = { max: null, over: null };
  return (
    same({ ...old, ...own }, { ...now, ...own }) &&
    maxLowered(old.max, now.max, unit) &&
    additionTightens(addedBy(old), addedBy(now))
  );
}

/** A number and a text are never in order. */
function maxLowered(old: Limit["max"], now: Limit["max"], unit: Unit): boolean {
  return typeof old === "string" && typeof now === "string" ? isLowered(old, now, unit) : now <= old;
}

function addedBy({ over }: Limit): Parameters<typeof additionTightens>[0] {
  return over === "deny" ? undefined : over.add;
}

function ruleTightens(old: Rule, now: Rule, unit: Unit): boolean {
  const own = { tiers: null, batch: null };
  if (!same({ ...old, ...own }, { ...now, ...own }) || old.tiers.length !== now.tiers.length) return false;
  if (!batchTightens(old.batch, now.batch, unit)) return false;
  return old.tiers.every((tier, index) => {
    const other = now.tiers[index];
    return other !== undefined && tierTightens(tier, other, { unit, isLast: index === old.tiers.length - 1 });
  });
}

/** No batch that was not taken before. */
function batchTightens(old: Rule["batch"], now: Rule["batch"], unit: Unit): boolean {
  if (now === undefined) return true;
  return old !== undefined && now.max <= old.max && isLowered(old.total, now.total, unit);
}

/** Where a lower tier ends is where the next begins, so only the last may end lower. */
function tierTightens(old: Tier, now: Tier, place: { unit: Unit; isLast: boolean }): boolean {
  const own = { upTo: null, quorum: null, distinct: null, delay: null };
  return (
    same({ ...old, ...own }, { ...now, ...own }) &&
    (same(old.upTo, now.upTo) || (place.isLast && isLowered(old.upTo, now.upTo, place.unit))) &&
    quorumTightens(old.quorum, now.quorum) &&
    distinctTightens(old.distinct, now.distinct) &&
    delayTightens(old.delay, now.delay)
  );
}

/** Every feed stays as it is; one more binds nothing but the guards that come with it. */
function feedsStay({ feeds: old = {} }: PolicyDocument, { feeds: now = {} }: PolicyDocument): boolean {
  const stands = new Map(Object.entries(now));
  return Object.entries(old).every(([name, feed]) => same(feed, stands.get(name)));
}

/** The same lists, with nothing in them that was not there, and nothing gone from one that forbids or demands something. */
function listsTighten(current: PolicyDocument, next: PolicyDocument): boolean {
  const [old, now] = [listsOf(current), listsOf(next)];
  if (!same([...old.keys()].sort(), [...now.keys()].sort())) return false;
  const shorter = new Set(shortened(current, next));
  const forbidding = listUses(current).some((use) => use.kind === "otherwise" && shorter.has(use.list));
  return (
    !forbidding &&
    [...old].every(([name, list]) => {
      const other = now.get(name);
      if (other === undefined || !same({ ...list, entries: null }, { ...other, entries: null })) return false;
      const known = new Set(list.entries.map((entry) => canonical(entry)));
      return other.entries.every((entry) => known.has(canonical(entry)));
    })
  );
}

function listsOf({ lists }: PolicyDocument): ReadonlyMap<string, NonNullable<PolicyDocument["lists"]>[Name]> {
  return new Map(Object.entries(lists ?? {}));
}

/** Lists that have lost an entry. */
function shortened(current: PolicyDocument, next: PolicyDocument): readonly string[] {
  const now = listsOf(next);
  return [...listsOf(current)]
    .filter(([name, { entries }]) => (now.get(name)?.entries.length ?? 0) < entries.length)
    .map(([name]) => name);
}

/**
 * Whoever is in two groups of initiators may match two rules, and is refused for it. A rule that goes, or that permits a recipient
 * less, would let such a person through by the other one: it may overlap with no rule that stays.
 */
function opensNothing(current: PolicyDocument, next: PolicyDocument): boolean {
  const kept = new Set<string>(next.rules.map(({ id }) => id));
  const shorter = new Set(shortened(current, next));
  const narrowed = new Set(
    listUses(current)
      .filter(({ list }) => shorter.has(list))
      .map(({ rule }) => rule),
  );
  const policy = compile(current);
  const suspects = policy.rules.filter(({ id }) => !kept.has(id) || narrowed.has(id));
  return suspects.every((one) => !overlapsKept(one, policy, kept));
}

function overlapsKept(one: Policy["rules"][number], policy: Policy, kept: ReadonlySet<string>): boolean {
  return policy.rules.some(
    (other) => other.id !== one.id && kept.has(other.id) && sharedOperation(one, other, policy) !== undefined,
  );
}
