/** A spot: one cell of the space of requests, in which every condition that was asked about holds everywhere or nowhere. */
import type { Member } from "../../roster/roster.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { AddressClass } from "./address-classes.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Condition, FieldTest, Interval, ListTest, TypedDataTest, ValueTest } from "../compile/condition.ts";
import type { Policy } from "../policy.ts";
import { isOpen } from "./time-slots.ts";

export type Spot = {
  readonly operation: PolicyOperation;
  /** People or services who are alike; the first stands for all. */
  readonly initiators: readonly Member[];
  /** Undefined for operations without a recipient. */
  readonly recipients: AddressClass | undefined;
  readonly amount: Interval;
  readonly maxFee: Interval;
  /** A moment that stands for all at which the same windows are open. */
  readonly at: Instant;
  readonly typed: TypedSpot | undefined;
};

export type TypedSpot = {
  readonly domain: TypedDataTest["domain"];
  readonly primaryType: string;
  readonly fields: ReadonlyMap<string, FieldSlot>;
};

export type FieldSlot =
  | { readonly kind: "address"; readonly members: AddressClass }
  | ({ readonly kind: "number" } & Interval)
  | { readonly kind: "text"; readonly value: string }
  /** The message has no such field. */
  | { readonly kind: "absent" };

/** A condition of a policy, whose lists and calendar it speaks of. */
export type Placed = { readonly condition: Condition; readonly policy: Policy };

/** True and false as they are for a decision; undefined when it turns on a fact that is not there. */
export type Truth = boolean | undefined;

/** Whether the condition holds in the spot, for a request that this managed key would sign; undefined leaves the key open. */
export function holdsIn({ condition, policy }: Placed, spot: Spot, key: Name | undefined): Truth {
  const parts: Truth[] = [
    condition.operations.has(spot.operation),
    condition.initiator === undefined || isMember(spot, condition.initiator),
    condition.to === undefined || listHolds(condition.to, spot.recipients, policy),
    condition.accounts === undefined || key === undefined || condition.accounts.has(key),
    condition.amount === undefined || isInside(spot.amount, condition.amount),
    condition.maxFee === undefined || isInside(spot.maxFee, condition.maxFee),
  ];
  if (parts.includes(false)) return false;
  for (const test of condition.args) parts.push(argumentHolds(test, spot, policy));
  if (condition.time !== undefined) parts.push(isOpen({ window: condition.time, calendar: policy.calendar }, spot.at));
  if (condition.typedData !== undefined) parts.push(typedHolds(condition.typedData, spot, policy));
  return every(parts);
}

function isMember({ initiators }: Spot, group: Name): boolean {
  return initiators[0]?.groups.includes(group) === true;
}

function every(parts: readonly Truth[]): Truth {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

/** A cell lies inside of an interval whole, or not at all. */
function isInside(inner: Interval, outer: Interval): boolean {
  return outer.from <= inner.from && inner.below <= outer.below;
}

function listHolds({ kind, list }: ListTest, members: AddressClass | undefined, { lists }: Policy): boolean {
  const found = lists.get(list);
  const listed = found !== undefined && members?.lists.has(found) === true;
  return listed === (kind === "in");
}

/** Arguments of the operations of the house are the recipient and the amount. */
function argumentHolds({ name, test }: FieldTest, spot: Spot, policy: Policy): Truth {
  if (spot.operation === "signTypedData") return undefined;
  if (name === "to") return spot.recipients === undefined ? undefined : addressHolds(test, spot.recipients, policy);
  return name === "amount" && spot.amount.from > 0n ? numberHolds(test, spot.amount, spot.at) : undefined;
}

function addressHolds(test: ValueTest, members: AddressClass, policy: Policy): Truth {
  if (test.kind === "in" || test.kind === "not-in") return listHolds(test, members, policy);
  return test.kind === "is" ? members.pinned === test.value : undefined;
}

function numberHolds(test: ValueTest, cell: Interval, at: Instant): Truth {
  switch (test.kind) {
    case "between":
      return isInside(cell, test);
    case "within":
      return cell.below <= BigInt(at + test.seconds) + 1n;
    case "is":
      return cell.below - cell.from === 1n && test.value === cell.from.toString();
    default:
      return undefined;
  }
}

function typedHolds(test: TypedDataTest, { typed, at }: Spot, policy: Policy): Truth {
  if (typed === undefined) return false;
  const { domain } = typed;
  const same =
    test.primaryType === typed.primaryType &&
    test.domain.chainId === domain.chainId &&
    test.domain.verifyingContract === domain.verifyingContract &&
    (test.domain.name === undefined || test.domain.name === domain.name) &&
    (test.domain.version === undefined || test.domain.version === domain.version);
  if (!same) return false;
  return every(test.fields.map((field) => fieldHolds(field, typed.fields.get(field.name), { policy, at })));
}

function fieldHolds({ test }: FieldTest, slot: FieldSlot | undefined, place: { policy: Policy; at: Instant }): Truth {
  if (slot === undefined || slot.kind === "absent") return undefined;
  switch (slot.kind) {
    case "address":
      return addressHolds(test, slot.members, place.policy);
    case "number":
      return numberHolds(test, slot, place.at);
    case "text":
      return test.kind === "is" ? test.value === slot.value : undefined;
  }
}

/** Everything that a condition says of who receives. */
export function recipientTests({ to, args }: Condition): readonly ValueTest[] {
  return [...(to === undefined ? [] : [to]), ...args.flatMap(({ name, test }) => (name === "to" ? [test] : []))];
}
