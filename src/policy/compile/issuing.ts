/** Where a rule permits distributions or raises of the multiplier, whatever holds for mints holds for them too: all bring tokens into the world. */
import { isIssuing } from "../../intent/operation.ts";
import { hasRecipient } from "../asked.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Guard, Limit, Rule } from "../policy.ts";
import { refusal } from "./refusal.ts";

type Rules = {
  readonly rules: readonly Rule[];
  readonly guards: readonly Guard[];
  readonly limits: readonly Limit[];
};

type Operations = ReadonlySet<PolicyOperation>;
type Bounding = {
  readonly field: string;
  readonly operations: Operations;
  /** It says nothing of what comes to everybody. */
  readonly ofRecipient: boolean;
};

/**
 * Throws `InvalidValue` `policy.issuing` with the guard or the limit that holds for mints and leaves out what a rule permits. How many
 * mints there may be is their own matter, and so is to whom, of what comes to nobody by name.
 */
export function checkIssuing({ rules, guards, limits }: Rules): void {
  const permitted = [...operationsOf(rules)].filter(isIssuing);
  const bounding: readonly Bounding[] = [
    ...guards.map((guard, index) => ({
      field: `guards.${index}.when`,
      operations: guard.when.operations,
      ofRecipient: isOfRecipient(guard),
    })),
    ...limits.flatMap(({ when, metric, per }, index) => {
      const ofRecipient = when.to !== undefined || per === "to";
      return metric === "count" ? [] : [{ field: `limits.${index}.when`, operations: when.operations, ofRecipient }];
    }),
  ];
  for (const { field, operations, ofRecipient } of bounding) {
    const meant = permitted.filter((operation) => !ofRecipient || hasRecipient(operation));
    const left = meant.filter((operation) => !operations.has(operation));
    if (operations.has("mint") && left.length > 0)
      throw refusal(
        "issuing",
        `${field}.operation`,
        `a rule permits ${left.join(", ")}, which brings tokens into the world as a mint does: name it here too`,
      );
  }
  for (const [index, { when, unless }] of guards.entries()) {
    const spared = permitted.filter((operation) => unless?.operations.has(operation) === true);
    if (!when.operations.has("mint") || unless === undefined || unless.operations.has("mint") || spared.length === 0)
      continue;
    throw refusal(
      "issuing",
      `guards.${index}.unless.operation`,
      `the guard holds for mints and not for ${spared.join(", ")}, which a rule permits and which brings tokens into the world as a mint does`,
    );
  }
}

function isOfRecipient({ when, then }: Guard): boolean {
  return when.to !== undefined || then.kind === "identity";
}

function operationsOf(rules: readonly Rule[]): Operations {
  return new Set(rules.flatMap(({ when }) => [...when.operations]));
}
