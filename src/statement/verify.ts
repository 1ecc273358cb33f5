/** Whether a statement was signed by the credential it names, in this deployment. */
import type { Credential } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { digestBytes } from "./digest.ts";
import { verifyKey } from "./key.ts";
import { verifyPasskey } from "./passkey.ts";
import type { Statement } from "./read.ts";
import { invalid, type ProofVerdict } from "./verdict.ts";
import { verifyWallet } from "./wallet.ts";

export type Verification = {
  readonly deploymentId: Bytes32;
  readonly statement: Statement;
  /** As the roster that counts has it, found by the statement's credential id. */
  readonly credential: Credential;
  readonly checks: SignatureChecks;
};

/** Total: what cannot be verified is `invalid`. Says nothing about roles, lifetimes or what the statement is about. */
export function verifyStatement({ deploymentId, statement, credential, checks }: Verification): ProofVerdict {
  if (statement.credential !== credential.id) {
    return invalid(
      "statement.other-credential",
      `the statement names \`${statement.credential}\`, not \`${credential.id}\``,
    );
  }
  const { proof } = statement.envelope;
  const signed = digestBytes(deploymentId, statement.kind, statement.message);
  if (credential.kind === "wallet" && proof.kind === "wallet") return verifyWallet(credential, proof, signed, checks);
  if (credential.kind === "key" && proof.kind === "key") return verifyKey(credential, proof, signed, checks);
  if (credential.kind === "passkey" && proof.kind === "passkey")
    return verifyPasskey(credential, proof, signed, checks);
  return invalid(
    "statement.proof-kind",
    `\`${credential.id}\` is a ${credential.kind}, the proof is of a ${proof.kind}`,
  );
}
