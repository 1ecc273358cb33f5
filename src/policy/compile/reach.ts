/** Whether every operation that a condition is asked of has what the condition asks about. */
import { argumentTypes, type ArgumentType } from "../../intent/operation.ts";
import { withoutRecipient } from "../asked.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Condition, ValueTest } from "./condition.ts";
import { refusal } from "./refusal.ts";

type Reach = ReadonlySet<PolicyOperation>;

/** Throws `InvalidValue` with a code `policy.*` and the field: a test of what an operation does not have says nothing, or too much. */
export function checkReach(condition: Condition, reach: Reach, field: string): void {
  const lone = condition.to === undefined ? [] : withoutRecipient(reach);
  if (lone.length > 0) throw refusal("recipient", `${field}.to`, `${lone.join(", ")} has no recipient`);
  checkArguments(condition, reach, `${field}.args`);
  const foreign = [...reach].filter((operation) => operation !== "signTypedData");
  if (condition.typedData !== undefined && foreign.length > 0)
    throw refusal("typed-data", `${field}.typedData`, `${foreign.join(", ")} is no typed data`);
}

/** The operations that both name. */
export function reachOf(when: Condition, unless: Condition): Reach {
  return new Set([...when.operations].filter((operation) => unless.operations.has(operation)));
}

const kindTexts: Readonly<Record<ArgumentType, string>> = { address: "an address", uint256: "a uint256" };

function checkArguments({ args }: Condition, reach: Reach, field: string): void {
  for (const { name, test } of args) {
    for (const operation of reach) {
      const type = operation === "signTypedData" ? undefined : argumentTypes(operation)[name];
      if (type === undefined) throw refusal("argument", `${field}.${name}`, `${operation} has no argument \`${name}\``);
      if (!fits(test, type))
        throw refusal("argument", `${field}.${name}`, `\`${name}\` of ${operation} is ${kindTexts[type]}`);
    }
  }
}

function fits(test: ValueTest, type: ArgumentType): boolean {
  switch (test.kind) {
    case "in":
    case "not-in":
      return type === "address";
    case "between":
    case "within":
      return type === "uint256";
    case "is":
      return (type === "address" ? /^0x[0-9a-f]{40}$/ : /^(?:0|[1-9][0-9]*)$/).test(test.value);
  }
}
