/** The space of requests cut into spots: along every dimension that a condition speaks of, and along no other. */
import { hasAmount, hasRecipient } from "../asked.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Member } from "../../roster/roster.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as instant from "../../values/instant.ts";
import { addressClasses, coarsened, type AddressClass } from "./address-classes.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Interval, ValueTest } from "../compile/condition.ts";
import { additionsOf } from "../decide/demand.ts";
import { cut, meet } from "./cut.ts";
import type { Distinct, PermitList, Policy } from "../policy.ts";
import type { Placed, Spot, TypedSpot } from "./spot.ts";
import { holdsIn, recipientTests } from "./spot.ts";
import { timeSlots, type PlacedWindow, type TimeSlot } from "./time-slots.ts";
import { edgesOf, isAddress, listOf, typedCount, typedSlots, type PlacedTest } from "./typed-slots.ts";

/** What spots are cut from: everybody who may ask, and every address in its class. */
export type Space = {
  readonly roster: RosterIndex;
  readonly classes: readonly AddressClass[];
  /** Two members with the same key are alike for everything that the policies say. */
  readonly alike: (member: Member) => string;
  /** Time slots already found, by their windows; and the numbers of windows and calendars in those keys. */
  readonly slots: Map<string, readonly TimeSlot[]>;
  readonly numbers: Map<object, number>;
};

/** Thrown when there are more spots than anybody may look at, or a question that spots cannot answer: the answer is "cannot decide". */
export class Undecided extends Error {
  override readonly name = "Undecided";
}

/** Counts the spots looked at, and stops at the most. */
export type Budget = { left: number };

/** Most cases that are looked at in all, whatever is asked: nobody keeps the gate busy longer by asking for more. */
export type Bounded = { readonly budget?: number };

export const defaultBudget = 400_000;

/** The moment of every spot in which no condition speaks of time. */
export const noon = instant.fromIso("2027-01-04T12:00:00Z");

export function spaceOf(policies: readonly Policy[], roster: RosterIndex, placed: readonly Placed[]): Space {
  const pins = placed.flatMap(({ condition }) =>
    [...condition.args, ...(condition.typedData?.fields ?? [])].flatMap(({ test }) => pinOf(test)),
  );
  const units = policies.flatMap(floorsOf).some((floor) => floor.units > 0);
  const services = new Set(roster.roster.services);
  const keyOf = (member: Member): string =>
    JSON.stringify([
      [...member.groups].sort(),
      services.has(member) ? "service" : [...new Set(member.credentials.map(({ kind }) => kind))].sort(),
      units ? member.unit : undefined,
    ]);
  const keys = new Map([...roster.roster.people, ...roster.roster.services].map((member) => [member, keyOf(member)]));
  return {
    roster,
    classes: addressClasses(
      policies.flatMap(({ lists }) => [...lists.values()]),
      pins,
    ),
    alike: (member) => keys.get(member) ?? keyOf(member),
    slots: new Map(),
    numbers: new Map(),
  };
}

/** Of every tier, and of all that guards and full limits add. */
function floorsOf({ rules, guards, limits }: Policy): readonly Distinct[] {
  return [
    ...rules.flatMap(({ tiers }) => tiers.map(({ distinct }) => distinct)),
    ...guards.flatMap(({ then }) => additionsOf(then).map(({ distinct }) => distinct)),
    ...limits.flatMap(({ over }) => (over === "deny" ? [] : [over.distinct])),
  ];
}

function pinOf(test: ValueTest): readonly Address[] {
  return test.kind === "is" && isAddress(test.value) ? [test.value] : [];
}

/** Every spot in which `within` holds, such that each of the breakers is the same all over it. Fees run fastest. */
export function* spotsIn(
  within: Placed,
  breakers: readonly Placed[],
  space: Space,
  given: {
    readonly budget: Budget;
    /** More amounts at which something changes. */
    readonly edges?: readonly bigint[];
  },
): Generator<Spot> {
  const all = [within, ...breakers];
  for (const operation of within.condition.operations) {
    const near = all.filter(({ condition }) => condition.operations.has(operation));
    const axes: Axes = {
      initiators: initiatorsOf(within, space),
      recipients: recipientsOf(operation, within, near, space),
      amounts: amountsOf(operation, within, near, given.edges ?? []),
      maxFees: feesOf(operation, within, near),
    };
    for (const { at } of slotsOf(near, space))
      for (const typed of typedOf(operation, within, near, { space, at, budget: given.budget }))
        yield* product({ operation, at, typed }, axes, { within, budget: given.budget });
  }
}

/** Cells of typed data are all in memory at once. */
const typedWeight = 8;

/** Before any of them is made: whoever wrote the policy chose how many there are. */
function checkCount(count: number, { left }: Budget): void {
  if (count > left) throw new Undecided("there are more cases than this check looks at");
}

type Axes = {
  readonly initiators: readonly Spot["initiators"][];
  readonly recipients: readonly Spot["recipients"][];
  readonly amounts: readonly Interval[];
  readonly maxFees: readonly Interval[];
};

function* product(
  fixed: Pick<Spot, "operation" | "at" | "typed">,
  { initiators, recipients, amounts, maxFees }: Axes,
  { within, budget }: { readonly within: Placed; readonly budget: Budget },
): Generator<Spot> {
  const count = initiators.length * recipients.length * amounts.length * maxFees.length;
  checkCount(count, budget);
  const pairs = initiators.flatMap((alike) =>
    recipients.map((members) => ({ initiators: alike, recipients: members })),
  );
  const sizes = amounts.flatMap((size) => maxFees.map((maxFee) => ({ amount: size, maxFee })));
  for (const pair of pairs)
    for (const size of sizes) {
      budget.left -= 1;
      const spot: Spot = { ...fixed, ...pair, ...size };
      if (holdsIn(within, spot, undefined) === true) yield spot;
    }
}

/** Whether some request could be in both, whoever asks and whichever key signs: a quick test that errs on the side of yes. */
export function mayMeet(one: Placed, other: Placed, operation: PolicyOperation): boolean {
  const [a, b] = [one.condition, other.condition];
  if (!a.operations.has(operation) || !b.operations.has(operation)) return false;
  const apart = (x: Interval | undefined, y: Interval | undefined): boolean =>
    x !== undefined && y !== undefined && (x.below <= y.from || y.below <= x.from);
  return !apart(a.amount, b.amount) && !apart(a.maxFee, b.maxFee);
}

/** Operations with an amount have one above 0. */
function amountsOf(
  operation: PolicyOperation,
  { condition }: Placed,
  near: readonly Placed[],
  edges: readonly bigint[],
): readonly Interval[] {
  if (!hasAmount(operation)) return [{ from: 0n, below: 1n }];
  const whole = meet({ from: 1n, below: amount.max + 1n }, condition.amount);
  const said = near.flatMap(({ condition: { amount: interval, args } }) => [
    ...(interval === undefined ? [] : [interval.from, interval.below]),
    ...args.flatMap(({ name, test }) => (name === "amount" ? edgesOf(test, noon) : [])),
  ]);
  return cut(whole, [...said, ...edges]);
}

/** Typed data costs nothing. */
function feesOf(operation: PolicyOperation, { condition }: Placed, near: readonly Placed[]): readonly Interval[] {
  if (operation === "signTypedData") return [{ from: 0n, below: 1n }];
  const whole = meet({ from: 0n, below: amount.max + 1n }, condition.maxFee);
  return cut(
    whole,
    near.flatMap(({ condition: { maxFee } }) => (maxFee === undefined ? [] : [maxFee.from, maxFee.below])),
  );
}

function recipientsOf(
  operation: PolicyOperation,
  within: Placed,
  near: readonly Placed[],
  { classes }: Space,
): readonly (AddressClass | undefined)[] {
  if (!hasRecipient(operation)) return [undefined];
  const lists = new Set<PermitList>();
  const pins = new Set<Address>();
  for (const { condition, policy } of near)
    for (const test of recipientTests(condition)) {
      for (const list of listOf(test, policy)) lists.add(list);
      for (const pin of pinOf(test)) pins.add(pin);
    }
  // Those outside of the list that the region is for are of no interest, and may be many.
  const { to } = within.condition;
  const own = to?.kind === "in" ? within.policy.lists.get(to.list) : undefined;
  const inside = own === undefined ? classes : classes.filter((one) => one.lists.has(own));
  return coarsened(inside, lists, pins);
}

function initiatorsOf({ condition }: Placed, { roster, alike }: Space): readonly (readonly Member[])[] {
  const { initiator } = condition;
  const members =
    initiator === undefined ? [...roster.roster.people, ...roster.roster.services] : roster.members(initiator);
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = alike(member);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [member]);
    else known.push(member);
  }
  return [...groups.values()];
}

function slotsOf(near: readonly Placed[], { slots, numbers }: Space): readonly Pick<TimeSlot, "at">[] {
  const windows = near.flatMap(({ condition: { time }, policy: { calendar } }): PlacedWindow[] =>
    time === undefined ? [] : [{ window: time, calendar }],
  );
  if (windows.length === 0) return [{ at: noon }];
  const key = windowsKey(windows, numbers);
  const known = slots.get(key);
  if (known !== undefined) return known;
  const found = timeSlots(windows);
  slots.set(key, found);
  return found;
}

/** By identity: windows and calendars do not change. */
function windowsKey(windows: readonly PlacedWindow[], numbers: Map<object, number>): string {
  const numberOf = (object: object): number => {
    const known = numbers.get(object) ?? numbers.size;
    numbers.set(object, known);
    return known;
  };
  return JSON.stringify(windows.flatMap(({ window, calendar }) => [window, calendar ?? window]).map(numberOf));
}

function typedOf(
  operation: PolicyOperation,
  within: Placed,
  near: readonly Placed[],
  { space, at, budget }: { readonly space: Space; readonly at: instant.Instant; readonly budget: Budget },
): readonly (TypedSpot | undefined)[] {
  if (operation !== "signTypedData") return [undefined];
  const own = within.condition.typedData;
  const tests = near.flatMap(({ condition: { typedData }, policy }): PlacedTest[] =>
    typedData === undefined ? [] : [{ test: typedData, policy }],
  );
  checkOneClock(tests);
  const cellsOf = (region: PlacedTest): readonly TypedSpot[] => {
    const place = { classes: space.classes, at };
    checkCount(typedCount(region, tests, place) * typedWeight, budget);
    return typedSlots(region, tests, place);
  };
  if (own !== undefined) return cellsOf({ test: own, policy: within.policy });
  // Without a test of its own the region is all typed data that anybody else speaks of.
  const kinds = new Map(tests.map((one) => [kindOf(one), one]));
  return [...kinds.values()].flatMap(({ test, policy }) => {
    const open = { ...test, domain: { ...test.domain, name: undefined, version: undefined }, fields: [] };
    return cellsOf({ test: open, policy });
  });
}

function kindOf({ test: { domain, primaryType } }: PlacedTest): string {
  return JSON.stringify([primaryType, domain.chainId, domain.verifyingContract]);
}

/** Whether a time comes before a fixed number changes as time passes; no spot can stand for both. */
function checkOneClock(tests: readonly PlacedTest[]): void {
  const kinds = new Map<string, Set<ValueTest["kind"]>>();
  for (const { test } of tests)
    for (const {
      name,
      test: { kind },
    } of test.fields)
      kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
  for (const [name, found] of kinds)
    if (found.has("within") && (found.has("between") || found.has("is")))
      throw new Undecided(`field \`${name}\` is compared with the clock and with a fixed value`);
}
