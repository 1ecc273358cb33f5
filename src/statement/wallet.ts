/** A wallet's proof: a secp256k1 signature over the EIP-712 digest, as `eth_signTypedData_v4` gives it. */
import type { Credential } from "../roster/roster.ts";
import { toBytes } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { Proof } from "./envelope.ts";
import { invalid, valid, type ProofVerdict } from "./verdict.ts";

type Wallet = Extract<Credential, { kind: "wallet" }>;
type WalletProof = Extract<Proof, { kind: "wallet" }>;

/** Half the order of secp256k1, rounded down: a larger s is the other signature of a malleable pair (EIP-2). */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Exactly 65 bytes r ‖ s ‖ v, v 27 or 28, low s, and the recovered account is the credential's. */
export function verifyWallet(
  credential: Wallet,
  proof: WalletProof,
  digest: Uint8Array,
  checks: Pick<SignatureChecks, "recoverSecp256k1">,
): ProofVerdict {
  const refuse = (why: string): ProofVerdict => invalid("statement.wallet-signature", why);
  const signature = toBytes(proof.signature);
  if (signature.length !== 65) return refuse("a wallet signature has 65 bytes");
  if (signature[64] !== 27 && signature[64] !== 28) return refuse("the last byte of a wallet signature is 27 or 28");
  if (BigInt(`0x${proof.signature.slice(66, 130)}`) > halfOrder)
    return refuse("the signature is not in its low-s form");
  const account = checks.recoverSecp256k1(digest, signature);
  return account === credential.address
    ? valid
    : refuse(`\`${credential.id}\` did not sign these words in this deployment`);
}
