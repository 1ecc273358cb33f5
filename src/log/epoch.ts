/** The epoch of a log: which gate of the deployment's succession wrote its last leaf. */
import type { Entry } from "./entry.ts";

/** Of all leaves in their order; the first gate's is 1. */
export function epochAfter(leaves: readonly { readonly entry: Pick<Entry, "epoch"> }[]): number {
  return leaves.at(-1)?.entry.epoch ?? 1;
}
