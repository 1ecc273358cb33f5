/** The arguments of an intent that a policy can ask about, by the names that the ABI gives them. */
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Intent } from "./intent.ts";
import { argumentTypes } from "./operation.ts";

/** Undefined for a name that the operation does not have. */
export function argumentOf(
  intent: Pick<Intent, "operation" | "to" | "amount">,
  name: string,
): Address | Amount | undefined {
  const names = argumentTypes(intent.operation);
  if (!Object.hasOwn(names, name)) return undefined;
  return name === "to" ? intent.to : name === "amount" ? intent.amount : undefined;
}
