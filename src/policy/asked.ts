/** What is asked of a policy: an intent, or typed data that a managed key would sign. */
import type { Intent } from "../intent/intent.ts";
import { operations } from "../intent/operation.ts";
import type { PolicyOperation } from "./document/condition-schema.ts";

/** Typed data moves nothing by itself: nobody receives, its amount and its fees are 0. */
export type Asked = Omit<Intent, "operation"> & { readonly operation: PolicyOperation };

export function hasAmount(operation: PolicyOperation): boolean {
  return operation !== "signTypedData" && operations[operation].amount;
}

export function hasRecipient(operation: PolicyOperation): boolean {
  return operation !== "signTypedData" && operations[operation].recipient;
}

export function withoutAmount(applies: ReadonlySet<PolicyOperation>): readonly PolicyOperation[] {
  return [...applies].filter((operation) => !hasAmount(operation));
}

export function withoutRecipient(applies: ReadonlySet<PolicyOperation>): readonly PolicyOperation[] {
  return [...applies].filter((operation) => !hasRecipient(operation));
}
