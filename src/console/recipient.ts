/** What stands beside a recipient: the word before the address, and whether a list names it in order to shut it out. */
import { isIssuing, type Operation } from "../intent/operation.ts";
import type { Condition, ListTest } from "../policy/compile/condition.ts";
import type { Policy } from "../policy/policy.ts";
import type { Name } from "../values/name.ts";

/** Tokens come to it, or it is only spoken of. */
export function recipientTerm(operation: Operation): "to" | "about" {
  return isIssuing(operation) || operation === "transfer" || operation === "forcedTransfer" ? "to" : "about";
}

/** Some condition shuts the entries of the list out of the operation, and no rule lets them in. */
export function forbids(
  { rules, guards }: Pick<Policy, "rules" | "guards">,
  list: Name,
  operation: Operation,
): boolean {
  const asks = (condition: Condition | undefined, kind: ListTest["kind"]): boolean =>
    condition?.operations.has(operation) === true && condition.to?.kind === kind && condition.to.list === list;
  if (rules.some(({ when }) => asks(when, "in"))) return false;
  return (
    rules.some(({ when }) => asks(when, "not-in")) ||
    guards.some(({ when, unless, then }) => then.kind === "deny" && (asks(when, "in") || asks(unless, "not-in")))
  );
}
