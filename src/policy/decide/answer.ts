/** Whether a value passes a test: yes, no, or unknown when the value is missing or of another kind. */
import type { TypedValue } from "../../intent/typed-value.ts";
import type { Address } from "../../values/address.ts";
import type { Interval, ListTest, ValueTest } from "../compile/condition.ts";
import type { Case, Policy } from "../policy.ts";

/** Unknown is never a permission, and never a reason to spare anybody. */
export type Answer = "yes" | "no" | "unknown";

export function answerOf(holds: boolean): Answer {
  return holds ? "yes" : "no";
}

export function intervalAnswer({ from, below }: Interval, value: bigint): Answer {
  return answerOf(value >= from && value < below);
}

/** Whatever the age of an entry. */
export function listAnswer({ kind, list }: ListTest, value: Address, { lists }: Pick<Policy, "lists">): Answer {
  const listed = lists.get(list)?.entries.has(value);
  return listed === undefined ? "unknown" : answerOf(listed === (kind === "in"));
}

export function valueAnswer(test: ValueTest, value: TypedValue | undefined, { policy, facts }: Case): Answer {
  switch (test.kind) {
    case "in":
    case "not-in":
      return isAddress(value) ? listAnswer(test, value, policy) : "unknown";
    case "between":
      return typeof value === "bigint" ? intervalAnswer(test, value) : "unknown";
    case "is":
      return value === undefined || typeof value === "object" ? "unknown" : answerOf(String(value) === test.value);
    case "within":
      return typeof value === "bigint" ? answerOf(value <= BigInt(facts.now + test.seconds)) : "unknown";
  }
}

/** Values are read in their one form, so an address is in lower case. */
function isAddress(value: TypedValue | undefined): value is Address {
  return typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value);
}
