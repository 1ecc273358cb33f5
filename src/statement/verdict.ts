/** Whether a credential signed a statement, and if not, why not. */

/** Why a proof does not hold; docs/statements.md says what each means. */
export const proofCodes = [
  "statement.other-credential",
  "statement.proof-kind",
  "statement.wallet-signature",
  "statement.key-signature",
  "statement.passkey-client-data",
  "statement.passkey-challenge",
  "statement.passkey-origin",
  "statement.passkey-authenticator",
  "statement.passkey-unverified-user",
  "statement.passkey-signature",
] as const;

export type ProofCode = (typeof proofCodes)[number];

export type ProofVerdict =
  { readonly kind: "valid" } | { readonly kind: "invalid"; readonly code: ProofCode; readonly why: string };

export const valid: ProofVerdict = { kind: "valid" };

export function invalid(code: ProofCode, why: string): ProofVerdict {
  return { kind: "invalid", code, why };
}
