/** Why the gate does not sign, or does not admit: a stable code and a sentence for whoever asked. */

/** Refusals of `sign` that are not the policy's own. */
export type SignCode =
  | "gate.unknown-request"
  | "gate.frozen"
  | "gate.cancelled"
  | "gate.rejected"
  | "gate.expired"
  | "gate.declined"
  | "gate.initiator-left"
  | "gate.document"
  | "gate.no-policy"
  | "gate.unknown-account"
  | "gate.not-offered"
  | "gate.gas-limit"
  | "gate.fee-ceiling"
  | "gate.reference-taken"
  | "gate.nonce-taken"
  | "gate.distribution-taken"
  | "gate.raise-under-way"
  | "gate.approval-spent"
  | "gate.nonce-unknown"
  | "gate.outsider-nonce"
  | "gate.too-many-replacements"
  | "gate.not-a-replacement"
  | "gate.ended"
  | "gate.no-nonce"
  | "gate.not-ended"
  | "gate.doubt"
  | "gate.no-release"
  | "gate.burn-not-final"
  | "gate.release-reversed"
  | "gate.destination"
  | "gate.backend"
  | "gate.wrong-signature"
  | "gate.stopped";

export type Refusal = { readonly code: string; readonly why: string };

/** A refusal of `sign` by its closed set of codes. */
export function refusal(code: SignCode, why: string): Refusal {
  return { code, why };
}
