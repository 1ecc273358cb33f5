/** Makes random conditions ask only what their operations have, as every policy must. */
import { hasAmount, hasRecipient } from "./holding.ts";
import type { PlainCondition, PlainPolicy } from "./plain.ts";
import { operations } from "./random-condition.ts";

const typed = "signTypedData";

export function makeSense({ rules, guards = [], limits = [] }: PlainPolicy): void {
  for (const { when } of rules) {
    fit(when);
    // Which typed data a rule is for, it must say.
    if (when.typedData === undefined && named(when)?.includes(typed) === true) when.operation = "unpause";
  }
  for (const { when, unless } of guards) {
    if (when !== undefined) fit(when);
    if (unless !== undefined) fit(unless);
  }
  for (const { when } of limits) {
    if (when === undefined) continue;
    if (when.operation !== typed) Reflect.deleteProperty(when, "typedData");
    fit(when);
    // A limit counts what moves.
    if (Object.keys(when).length === 0) when.operation = "mint";
  }
}

/** Narrows the operations to those that have what is asked, or asks less where none of them has. */
function fit(when: PlainCondition): void {
  if (when.typedData !== undefined) {
    for (const gone of ["to", "args"] as const) Reflect.deleteProperty(when, gone);
    if (named(when)?.every((operation) => operation === typed) === false) Reflect.deleteProperty(when, "typedData");
  }
  if (when.to !== undefined && !narrow(when, hasRecipient)) Reflect.deleteProperty(when, "to");
  if (when.args === undefined) return;
  const has = when.args["to"] === undefined ? hasAmount : hasRecipient;
  if (!narrow(when, has)) Reflect.deleteProperty(when, "args");
}

function named({ operation }: PlainCondition): readonly string[] | undefined {
  return typeof operation === "string" ? [operation] : operation?.in;
}

function narrow(when: PlainCondition, has: (operation: string) => boolean): boolean {
  const left = (named(when) ?? operations).filter(has);
  if (left.length === 0) return false;
  if (left.length !== named(when)?.length) when.operation = { in: left };
  return true;
}
