/** Proof that no intent matches two rules, so that their order never matters. */
import { InvalidValue } from "../values/errors.ts";
import type { Address } from "../values/address.ts";
import type { Name } from "../values/name.ts";
import type { FieldTest, Interval, ListTest, TimeWindow, TypedDataTest, ValueTest } from "./condition.ts";
import type { Policy, Rule } from "./policy.ts";

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
  const apart =
    separated(a.initiator, b.initiator, ground) ||
    intervalsApart(a.amount, b.amount) ||
    intervalsApart(a.maxFee, b.maxFee) ||
    setsApart(a.accounts, b.accounts) ||
    timesApart(a.time, b.time) ||
    typedDataApart(a.typedData, b.typedData, ground) ||
    fieldsApart(recipient(one), recipient(other), ground);
  return apart ? undefined : [...a.operations].find((operation) => b.operations.has(operation));
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
  const listed = [...(lists.get(list)?.entries.keys() ?? [])].some((address) => address === value);
  return listed === (kind === "in");
}

/** Two lists that share nobody, or a list within what the other leaves out. Everything but two lists always shares somebody. */
function listsApart(a: ListTest, b: ListTest, { lists }: Ground): boolean {
  const addresses = ({ list }: ListTest): readonly Address[] => [...(lists.get(list)?.entries.keys() ?? [])];
  const [one, other] = [addresses(a), new Set(addresses(b))];
  if (a.kind === "in" && b.kind === "in") return !one.some((address) => other.has(address));
  if (a.kind === "in" && b.kind === "not-in") return one.every((address) => other.has(address));
  if (a.kind === "not-in" && b.kind === "in") return [...other].every((address) => one.includes(address));
  return false;
}

function intervalsApart(a: Interval | undefined, b: Interval | undefined): boolean {
  return a !== undefined && b !== undefined && (a.below <= b.from || b.below <= a.from);
}

function setsApart(a: ReadonlySet<Name> | undefined, b: ReadonlySet<Name> | undefined): boolean {
  return a !== undefined && b !== undefined && ![...a].some((name) => b.has(name));
}

/** By day and hour of one zone; a day that is a holiday of one window proves nothing, since the other may not know it. */
function timesApart(a: TimeWindow | undefined, b: TimeWindow | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const hours = a.belowSecond <= b.fromSecond || b.belowSecond <= a.fromSecond;
  const days = a.days !== undefined && b.days !== undefined && ![...a.days].some((day) => b.days?.has(day) === true);
  return hours || days;
}

function typedDataApart(a: TypedDataTest | undefined, b: TypedDataTest | undefined, ground: Ground): boolean {
  if (a === undefined || b === undefined) return a !== b;
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
