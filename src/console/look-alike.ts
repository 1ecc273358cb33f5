/** Addresses that a hurried eye takes for one another: the same digits at both ends, and others between. */
import type { Address } from "../values/address.ts";

/** Digits that are the same at each end, and at both together; whoever grinds addresses pays sixteen times more for every further one. */
const least = { end: 2, both: 6 };

export function lookAlikes(address: Address, known: Iterable<Address>): readonly Address[] {
  return [...known].filter((other) => other !== address && isAlike(address.slice(2), other.slice(2)));
}

function isAlike(one: string, other: string): boolean {
  const head = shared(one, other, (place) => place);
  const tail = shared(one, other, (place) => one.length - 1 - place);
  return head >= least.end && tail >= least.end && head + tail >= least.both;
}

function shared(one: string, other: string, at: (place: number) => number): number {
  let length = 0;
  while (length < one.length && one[at(length)] === other[at(length)]) length += 1;
  return length;
}
