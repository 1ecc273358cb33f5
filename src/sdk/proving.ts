/** What every signer does around its own signature: the words are read as strictly as the gate will read them, and the proof is checked before it leaves. */
import type { Credential } from "../roster/roster.ts";
import { digest } from "../statement/digest.ts";
import type { Envelope, Proof } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import { readStatement } from "../statement/read.ts";
import { verifyStatement } from "../statement/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";

/** Whose signature it is, as the roster has them, and in which deployment. */
export type Own<C extends Credential = Credential> = {
  readonly credential: C;
  readonly deploymentId: Bytes32;
  readonly checks: SignatureChecks;
};

/** What is to be signed: the message in its normal spelling, and the EIP-712 digest of it. */
export type Unsigned = { readonly kind: Kind; readonly message: Envelope["message"]; readonly digest: Bytes32 };

const none = {
  wallet: { kind: "wallet", signature: "0x" },
  key: { kind: "key", signature: "0x" },
  passkey: { kind: "passkey", authenticatorData: "0x", clientDataJSON: "0x", signature: "0x" },
} as const satisfies Record<Credential["kind"], Proof>;

/**
 * Throws `InvalidValue` `statement.*` for words that are no statement, before anybody is asked, and for a proof that is not of this
 * credential over these words: a wallet that was on another account, a passkey of another site.
 */
export async function prove(
  { credential, deploymentId, checks }: Own,
  kind: Kind,
  message: Readonly<Record<string, unknown>>,
  sign: (unsigned: Unsigned) => Promise<Proof>,
): Promise<Envelope> {
  const unproved = { kind, message: toWire(message), credential: credential.id, proof: none[credential.kind] };
  const { envelope } = readStatement(unproved);
  const signed = digest(deploymentId, kind, envelope.message);
  const proof = await sign({ kind, message: envelope.message, digest: signed });
  const statement = readStatement({ ...envelope, proof });
  const verdict = verifyStatement({ deploymentId, statement, credential, checks });
  if (verdict.kind === "invalid") throw new InvalidValue(verdict.code, `nothing was said: ${verdict.why}`, "proof");
  return statement.envelope;
}
