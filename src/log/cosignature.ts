/** A witness's cosignature (C2SP cosignature/v1): "as of this time, this is the largest consistent tree I saw". */
import { utf8 } from "../values/digest.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import { concat, fromBytes, toBytes, type Hex } from "../values/hex.ts";
import { parse as parseInstant, type Instant } from "../values/instant.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { noteText, type Checkpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { keyId, signatureBy, type NoteKey, type NoteSignature } from "./signed-note.ts";

/** `at` is the witness's own clock; `signature` has 64 bytes. */
export type Cosignature = { readonly at: Instant; readonly signature: Hex };

export type CosignatureVerdict =
  | { readonly kind: "cosigned"; readonly at: Instant }
  | { readonly kind: "absent" }
  | { readonly kind: "invalid"; readonly why: string };

/** The bytes a witness signs. They do not bind the witness's name, so a witness key serves one name only. */
export function cosignatureToSign(checkpoint: Checkpoint, at: Instant): Uint8Array {
  return utf8(`cosignature/v1\ntime ${String(at)}\n${noteText(checkpoint)}`);
}

/** The line that carries a cosignature: eight bytes of time, most significant first, then the signature. */
export function cosignatureLine(witness: NoteKey, cosignature: Cosignature): NoteSignature {
  const signature = toBytes(cosignature.signature);
  invariant(signature.length === 64, "an Ed25519 signature has 64 bytes");
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(cosignature.at));
  return { name: witness.name, keyId: keyId(witness, "cosignatureV1"), signature: fromBytes(concat(time, signature)) };
}

/** Takes a line apart; throws when it is not a time and 64 bytes. */
export function parseCosignature(line: NoteSignature): Cosignature {
  const bytes = toBytes(line.signature);
  if (bytes.length !== 72)
    throw new InvalidValue("log.cosignature-malformed", "a cosignature is 8 bytes of time and 64 of signature");
  const at = parseInstant(Number(new DataView(bytes.buffer).getBigUint64(0)));
  return { at, signature: fromBytes(bytes.subarray(8)) };
}

/** What this witness says of the checkpoint. Only `cosigned` counts; whether its time is recent is the caller's rule. */
export function verifyCosignature(
  signed: SignedCheckpoint,
  witness: NoteKey,
  checks: Pick<SignatureChecks, "verifyEd25519">,
): CosignatureVerdict {
  const { checkpoint, signatures } = signed;
  const line = signatureBy({ text: noteText(checkpoint), signatures }, witness, "cosignatureV1");
  if (line === undefined) return { kind: "absent" };
  try {
    const { at, signature } = parseCosignature(line);
    return checks.verifyEd25519(toBytes(witness.publicKey), cosignatureToSign(checkpoint, at), toBytes(signature))
      ? { kind: "cosigned", at }
      : { kind: "invalid", why: "the witness key did not sign this checkpoint at this time" };
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "invalid", why: error.message };
    throw error;
  }
}
