/** What a rule that takes batches leaves open: what nobody sees on a wallet, and a sum that no limit holds. */
import { hasRecipient } from "../asked.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Limit, Policy, Rule } from "../policy.ts";
import type { PolicyFinding } from "./finding.ts";
import { recipientTests } from "./spot.ts";

export function batchFindings({ rules, limits }: Policy): readonly PolicyFinding[] {
  return rules.flatMap((rule, index): readonly PolicyFinding[] => {
    if (rule.batch === undefined) return [];
    const open = openTo(rule);
    const unlimited = [...rule.when.operations].filter((operation) => !limits.some((one) => holds(one, operation)));
    const at = { severity: "warning", field: `rules.${index}.batch` } as const;
    return [
      ...(open.length === 0 ? [] : [{ ...at, code: "policy.batch-unseen" as const, message: unseenText(rule, open) }]),
      ...(unlimited.length === 0
        ? []
        : [{ ...at, code: "policy.batch-unlimited" as const, message: unlimitedText(rule, unlimited) }]),
    ];
  });
}

/** Operations by which a batch may go to whom no list names; what is burned goes to nobody. */
function openTo({ when }: Rule): readonly PolicyOperation[] {
  if (recipientTests(when).some(({ kind }) => kind === "in" || kind === "is")) return [];
  return [...when.operations].filter(hasRecipient);
}

/** One batch after the other is held by a sum over a rolling window, and by nothing that starts anew at midnight. */
function holds({ when, metric, window }: Limit, operation: PolicyOperation): boolean {
  return metric === "sum" && window.kind === "rolling" && when.operations.has(operation);
}

function unseenText({ id }: Rule, open: readonly PolicyOperation[]): string {
  return `a wallet shows no recipient of a batch, and rule \`${id}\` lets it ${open.join(" and ")} to anybody whom no list names`;
}

function unlimitedText({ id }: Rule, operations: readonly PolicyOperation[]): string {
  return `no rolling limit on the sum of ${operations.join(" and ")} holds one batch of rule \`${id}\` after the other`;
}
