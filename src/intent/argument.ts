/** The arguments of the call that an intent stands for, by the names that the ABI gives them. */
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import { callOf } from "./calldata.ts";
import type { Intent } from "./intent.ts";
import { operations } from "./operation.ts";

/** Undefined for a name that the call does not have. */
export function argumentOf(
  intent: Pick<Intent, "operation" | "to" | "amount">,
  name: string,
): Address | Amount | undefined {
  if (!Object.hasOwn(operations[intent.operation].arguments, name)) return undefined;
  const call = callOf(intent);
  if (name === "to" && "to" in call) return call.to;
  return name === "amount" && "amount" in call ? call.amount : undefined;
}
