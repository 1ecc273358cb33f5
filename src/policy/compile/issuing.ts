/** Where a rule permits distributions, whatever bounds mints bounds them too: both bring tokens into the world. */
import { isIssuing } from "../../intent/operation.ts";
import type { Guard, Limit, Rule } from "../policy.ts";
import { refusal } from "./refusal.ts";

type Rules = { readonly rules: readonly Rule[]; readonly guards: readonly Guard[]; readonly limits: readonly Limit[] };

/** Throws `InvalidValue` `policy.issuing` with the guard of reserves or the limit that leaves out what a rule permits. */
export function checkIssuing({ rules, guards, limits }: Rules): void {
  const permitted = [...new Set(rules.flatMap(({ when }) => [...when.operations]))].filter(isIssuing);
  const bounding = [
    ...guards.map((guard, index) => ({ ...guard, field: `guards.${index}`, bounds: guard.then.kind === "reserves" })),
    ...limits.map((limit, index) => ({ ...limit, field: `limits.${index}`, bounds: true })),
  ];
  for (const { when, field, bounds } of bounding) {
    if (!bounds || ![...when.operations].some(isIssuing)) continue;
    const left = permitted.filter((operation) => !when.operations.has(operation));
    if (when.operations.has("mint") && left.length > 0)
      throw refusal(
        "issuing",
        `${field}.when.operation`,
        `a rule permits ${left.join(", ")}, which brings tokens into the world as a mint does: name it here too`,
      );
  }
}
