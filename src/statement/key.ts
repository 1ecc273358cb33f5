/** A key's proof: Ed25519 over the 32 bytes of the EIP-712 digest. */
import type { Credential } from "../roster/roster.ts";
import { toBytes } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { Proof } from "./envelope.ts";
import { invalid, valid, type ProofVerdict } from "./verdict.ts";

type Key = Extract<Credential, { kind: "key" }>;
type KeyProof = Extract<Proof, { kind: "key" }>;

export function verifyKey(
  credential: Key,
  proof: KeyProof,
  digest: Uint8Array,
  checks: Pick<SignatureChecks, "verifyEd25519">,
): ProofVerdict {
  const signature = toBytes(proof.signature);
  if (signature.length !== 64) return invalid("statement.key-signature", "an Ed25519 signature has 64 bytes");
  return checks.verifyEd25519(toBytes(credential.publicKey), digest, signature)
    ? valid
    : invalid("statement.key-signature", `\`${credential.id}\` did not sign these words in this deployment`);
}
