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
  /** Of what bounds how much is issued, to whomever: another of its kind can bound what this one cannot. */
  readonly kind: string | undefined;
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
      kind: kindOf(guard),
    })),
    ...limits.flatMap(({ when, metric, per }, index) => {
      const ofRecipient = when.to !== undefined || per === "to";
      return metric === "count"
        ? []
        : [{ field: `limits.${index}.when`, operations: when.operations, ofRecipient, kind: "a limit" }];
    }),
  ];
  for (const one of bounding.filter(({ operations }) => operations.has("mint"))) {
    const { field, operations, ofRecipient, kind } = one;
    const left = permitted.filter((operation) => !operations.has(operation));
    const named = left.filter((operation) => !ofRecipient || hasRecipient(operation));
    if (named.length > 0)
      throw refusal(
        "issuing",
        `${field}.operation`,
        `a rule permits ${named.join(", ")}, which brings tokens into the world as a mint does: name it here too`,
      );
    const free = left.filter((operation) => !bounding.some((other) => isFor(other, kind, operation)));
    if (kind !== undefined && free.length > 0)
      throw refusal(
        "issuing",
        `${field}.to`,
        `a rule permits ${free.join(", ")}, which comes to everybody: ${kind} that is about no recipient must name it`,
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

function isFor(
  { kind, operations, ofRecipient }: Bounding,
  wanted: Bounding["kind"],
  operation: PolicyOperation,
): boolean {
  return kind === wanted && !ofRecipient && operations.has(operation);
}

/** Whether reserves cover what is issued is another matter than that somebody attested them. */
function kindOf({ then }: Guard): string | undefined {
  if (then.kind === "price") return "a guard that asks for a price";
  if (then.kind !== "reserves") return undefined;
  return then.cover === undefined ? "a guard that asks for reserves" : "a guard that asks for their cover";
}

function isOfRecipient({ when, then }: Guard): boolean {
  return when.to !== undefined || then.kind === "identity";
}

function operationsOf(rules: readonly Rule[]): Operations {
  return new Set(rules.flatMap(({ when }) => [...when.operations]));
}
