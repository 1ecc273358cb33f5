/** Whose signature the claim of a request bears, found out again. */
import { claimSigner } from "../intent/claim.ts";
import { finding, type Finding } from "./finding.ts";
import type { Matter } from "./matter.ts";

/** What the gate took for the signer, against the bytes that people agreed to. */
export function checkClaim({ roles: { allocation }, intent, checks }: Matter): readonly Finding[] {
  const expected = intent.operation === "addClaim" ? claimSigner(intent, checks) : undefined;
  if (allocation.entry.facts.claimSigner === expected) return [];
  return [finding(`${allocation.field}.entry.facts.claimSigner`, `the claim is signed by ${expected ?? "nobody"}`)];
}
