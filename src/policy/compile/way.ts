/** The ways to meet a quorum: for each, the places that must be taken, every one by somebody else. */
import type { Credential } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import { partsOf, type Quorum } from "../document/requirement.ts";

/** A place for somebody of a group. */
export type Place = {
  readonly group: Name;
  /** Kinds of credential that the place takes, besides what the group takes; undefined takes every kind. */
  readonly kinds: ReadonlySet<Credential["kind"]> | undefined;
  /** Which order it belongs to, and how far along: a later stage is for those who voted when the stage before was complete. */
  readonly turn: { readonly order: number; readonly stage: number } | undefined;
};
export type Way = readonly Place[];

/** More ways or seats than this are refused when a policy is compiled. */
export const maxBranches = 64;
export const maxSeats = 64;
/** With what guards and limits add there may be more; beyond this a requirement is never met. */
const most = { branches: 1_024, seats: 256 };

/** Whether a quorum is small enough to stand in a document: at most `maxBranches` ways, of at most `maxSeats` seats each. */
export function isBounded(quorum: Quorum): boolean {
  return isWithin(quorum, { branches: maxBranches, seats: maxSeats });
}

/** Whether it is small enough to be decided. */
export function isDecidable(quorum: Quorum): boolean {
  return isWithin(quorum, most);
}

/** In how many ways it can be met; without a bound when they are too many to be decided. */
export function waysOf(quorum: Quorum): number {
  return sizeOf(quorum).branches;
}

type Size = { readonly branches: number; readonly seats: number };

function isWithin(quorum: Quorum, bounds: Size): boolean {
  const size = sizeOf(quorum);
  return size.branches <= bounds.branches && size.seats <= bounds.seats;
}

function sizeOf(quorum: Quorum): Size {
  if ("group" in quorum) return { branches: 1, seats: quorum.min };
  const parts = partsOf(quorum).map(sizeOf);
  const seats = parts.map((part) => part.seats);
  if ("any" in quorum)
    return { branches: parts.reduce((sum, part) => sum + part.branches, 0), seats: Math.max(...seats) };
  return {
    branches: parts.reduce((product, part) => product * part.branches, 1),
    seats: seats.reduce((sum, count) => sum + count, 0),
  };
}

/** Every way to meet the quorum, in the order in which it is written; only for a decidable quorum. */
export function branches(quorum: Quorum): readonly Way[] {
  return expand(quorum, { next: 0 });
}

function expand(quorum: Quorum, orders: { next: number }): readonly Way[] {
  if ("group" in quorum) {
    const kinds = quorum.credentials === undefined ? undefined : new Set(quorum.credentials);
    const place: Place = { group: quorum.group, kinds, turn: undefined };
    return [Array.from({ length: quorum.min }, () => place)];
  }
  if ("any" in quorum) return quorum.any.flatMap((part) => expand(part, orders));
  if ("all" in quorum) return product(quorum.all.map((part) => expand(part, orders)));
  const order = orders.next;
  orders.next += 1;
  return product(
    quorum.ordered.map((part, stage) =>
      expand(part, orders).map((way) => way.map((place) => ({ ...place, turn: { order, stage } }))),
    ),
  );
}

/** One of each, in every combination. */
function product(parts: readonly (readonly Way[])[]): readonly Way[] {
  return parts.reduce<readonly Way[]>(
    (ways, part) => ways.flatMap((way) => part.map((more) => [...way, ...more])),
    [[]],
  );
}
