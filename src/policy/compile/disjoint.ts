/** Proof that no intent matches two rules, so that their order never matters. */
import { InvalidValue } from "../../values/errors.ts";
import type { Address } from "../../values/address.ts";
import type { Name } from "../../values/name.ts";
import type { FieldTest, Interval, ListTest, TimeWindow, TypedDataTest, ValueTest } from "./condition.ts";
import type { Policy, Rule } from "../policy.ts";

type Ground = Pick<Policy, "lists" | "separation">;

/**
 * Throws `InvalidValue` `policy.overlap` with an operation that both rules would match. Two rules for two different groups of
 * initiators are left to the roster: whoever is in both makes them overlap, which `policy check` and `roster check` find, and
 * which a decision refuses.
 */
export function checkDisjoint(rules: readonly Rule[], ground: Ground): void {
  for (const [index, rule] of rules.entries()) {
    for (const earlier of rules.slice(0, index)) {
      const operation = sharedOperation(rule, earlier, ground);
      if (operation === undefined || rule.when.initiator !== earlier.when.initiator) continue;
      const field = `rules.${index}.when`;
      throw new InvalidValue(
        "policy.overlap",
        `${field}: \`${rule.id}\` and \`${earlier.id}\` both match a ${operation}`,
        field,
      );
    }
  }
}

/** An operation for which one intent could match both rules, if one initiator were in both groups; undefined is a proof that none can. */
export function sharedOperation(one: Rule, other: Rule, ground: Ground): string | undefined {
  const [a, b] = [one.when, other.when];
  const operation = [...a.operations].find((some) => b.operations.has(some));
  if (operation === undefined) return undefined;
  const apart =
    separated(a.initiator, b.initiator, ground) ||
    intervalsApart(a.amount, b.amount) ||
    intervalsApart(a.maxFee, b.maxFee) ||
    setsApart(a.accounts, b.accounts) ||
    timesApart(a.time, b.time) ||
    typedDataApart(a.typedData, b.typedData, ground) ||
    fieldsApart(recipient(one), recipient(other), ground);
  return apart ? undefined : operation;
}

function separated(one: Name, other: Name, { separation }: Ground): boolean {
  return separation.some(([a, b]) => (a === one && b === other) || (a === other && b === one));
}

/** Recipient and arguments as one map of tests: `to` is an argument of the call as well. */
function recipient({ when }: Rule): readonly FieldTest[] {
  return [...(when.to === undefined ? [] : [{ name: "to", test: when.to }]), ...when.args];
}

function fieldsApart(one: readonly FieldTest[], other: readonly FieldTest[], ground: Ground): boolean {
  return one.some((a) => other.some((b) => a.name === b.name && testsApart(a.test, b.test, ground)));
}

function testsApart(a: ValueTest, b: ValueTest, ground: Ground): boolean {
  if (a.kind === "between" && b.kind === "between") return intervalsApart(a, b);
  if (a.kind === "is" && b.kind === "is") return a.value !== b.value;
  if (a.kind === "is" && isList(b)) return !admits(b, a.value, ground);
  if (b.kind === "is" && isList(a)) return !admits(a, b.value, ground);
  return isList(a) && isList(b) && listsApart(a, b, ground);
}

function isList(test: ValueTest): test is ListTest {
  return test.kind === "in" || test.kind === "not-in";
}

function admits({ kind, list }: ListTest, value: string, { lists }: Ground): boolean {
  const entries: ReadonlyMap<string, string> = lists.get(list)?.entries ?? new Map();
  return entries.has(value) === (kind === "in");
}

/** Two lists that share nobody, or a list within what the other leaves out. Everything but two lists always shares somebody. */
function listsApart(a: ListTest, b: ListTest, { lists }: Ground): boolean {
  const shared = sharedBy(lists, a.list, b.list);
  const sizeOf = ({ list }: ListTest): number => lists.get(list)?.entries.size ?? 0;
  if (a.kind === "in" && b.kind === "in") return shared === 0;
  if (a.kind === "in") return shared === sizeOf(a);
  return b.kind === "in" && shared === sizeOf(b);
}

const counted = new WeakMap<Policy["lists"], ReadonlyMap<Name, ReadonlyMap<Name, number>>>();

/** How many addresses stand in both lists: counted once for all lists, since two hundred make twenty thousand pairs. */
function sharedBy(lists: Policy["lists"], one: Name, other: Name): number {
  const known = counted.get(lists) ?? countShared(lists);
  counted.set(lists, known);
  return known.get(one)?.get(other) ?? 0;
}

function countShared(lists: Policy["lists"]): ReadonlyMap<Name, ReadonlyMap<Name, number>> {
  const holders = new Map<Address, Name[]>();
  const shared = new Map<Name, Map<Name, number>>();
  for (const [name, { entries }] of lists) {
    const mine = new Map<Name, number>([[name, entries.size]]);
    shared.set(name, mine);
    for (const entry of entries.keys()) {
      const others = holders.get(entry) ?? [];
      for (const other of others) {
        const both = (mine.get(other) ?? 0) + 1;
        mine.set(other, both);
        shared.get(other)?.set(name, both);
      }
      holders.set(entry, [...others, name]);
    }
  }
  return shared;
}

function intervalsApart(a: Interval | undefined, b: Interval | undefined): boolean {
  return a !== undefined && b !== undefined && (a.below <= b.from || b.below <= a.from);
}

function setsApart<T>(a: ReadonlySet<T> | undefined, b: ReadonlySet<T> | undefined): boolean {
  return a !== undefined && b !== undefined && ![...a].some((one) => b.has(one));
}

/** By day and hour of one zone; a day that is a holiday of one window proves nothing, since the other may not know it. */
function timesApart(a: TimeWindow | undefined, b: TimeWindow | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const hours = a.belowSecond <= b.fromSecond || b.belowSecond <= a.fromSecond;
  return hours || setsApart(a.days, b.days);
}

function typedDataApart(a: TypedDataTest | undefined, b: TypedDataTest | undefined, ground: Ground): boolean {
  if (a === undefined || b === undefined) return false;
  const said = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  return (
    a.primaryType !== b.primaryType ||
    a.domain.chainId !== b.domain.chainId ||
    a.domain.verifyingContract !== b.domain.verifyingContract ||
    said(a.domain.name, b.domain.name) ||
    said(a.domain.version, b.domain.version) ||
    fieldsApart(a.fields, b.fields, ground)
  );
}
