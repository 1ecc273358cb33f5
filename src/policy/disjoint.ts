/** Proof that no intent matches two rules, so that their order never matters. */
import { InvalidValue } from "../values/errors.ts";
import type { Name } from "../values/name.ts";
import type { PermitList, Rule } from "./policy.ts";

/**
 * Two rules are apart when they share no operation, or no recipient. Groups prove nothing: who is in them is the roster's
 * business, and may change. Throws `InvalidValue` `policy.overlap` with an operation that both rules would match.
 */
export function checkDisjoint(rules: readonly Rule[], lists: ReadonlyMap<Name, PermitList>): void {
  for (const [index, rule] of rules.entries()) {
    for (const earlier of rules.slice(0, index)) {
      const operation = [...rule.operations].find((one) => earlier.operations.has(one));
      if (operation === undefined || !meet(rule, earlier, lists)) continue;
      const field = `rules.${index}.when`;
      throw new InvalidValue(
        "policy.overlap",
        `${field}: \`${rule.id}\` and \`${earlier.id}\` both match a ${operation}`,
        field,
      );
    }
  }
}

function meet(rule: Rule, earlier: Rule, lists: ReadonlyMap<Name, PermitList>): boolean {
  if (rule.to === undefined || earlier.to === undefined) return true;
  const others = lists.get(earlier.to)?.entries;
  return [...(lists.get(rule.to)?.entries.keys() ?? [])].some((address) => others?.has(address) === true);
}
