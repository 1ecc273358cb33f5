/** A passkey's proof: a WebAuthn assertion whose challenge is the EIP-712 digest (Web Authentication Level 3, §7.2). */
import { z } from "zod";
import type { Credential } from "../roster/roster.ts";
import { sha256, utf8 } from "../values/digest.ts";
import { InvalidValue } from "../values/errors.ts";
import { concat, equalBytes, toBytes } from "../values/hex.ts";
import { parseStrict } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { Proof } from "./envelope.ts";
import { invalid, valid, type ProofVerdict } from "./verdict.ts";

type Passkey = Extract<Credential, { kind: "passkey" }>;
type PasskeyProof = Extract<Proof, { kind: "passkey" }>;

/** Browsers may add members of their own, so only these are read; duplicates are refused before. */
const clientDataSchema = z.object({
  type: z.literal("webauthn.get"),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
});

const clientDataMax = 4_096;
const userPresent = 0x01;
const userVerified = 0x04;
const attestedCredential = 0x40;
const extensions = 0x80;
const headLength = 37;

/**
 * Origin and relying party are pinned by the roster; the user must be present and verified; the P-256 signature covers
 * authenticator data and client data. The signature counter is not judged: synced passkeys keep it at 0, and each approval is spent once anyway.
 */
export function verifyPasskey(
  credential: Passkey,
  proof: PasskeyProof,
  digest: Uint8Array,
  checks: Pick<SignatureChecks, "verifyP256">,
): ProofVerdict {
  const authenticatorData = toBytes(proof.authenticatorData);
  const clientData = toBytes(proof.clientDataJSON);
  const said = readClientData(clientData);
  if (said === undefined)
    return invalid("statement.passkey-client-data", "the client data is not that of an assertion made in its own page");
  if (said.challenge !== base64url(digest))
    return invalid("statement.passkey-challenge", "the passkey signed another challenge");
  if (said.origin !== credential.origin)
    return invalid("statement.passkey-origin", `the passkey signed in a page other than \`${credential.origin}\``);
  const doubt = judgeAuthenticator(credential, authenticatorData);
  if (doubt !== undefined) return doubt;
  const signed = concat(authenticatorData, toBytes(sha256(clientData)));
  return checks.verifyP256(toBytes(credential.publicKey), signed, toBytes(proof.signature))
    ? valid
    : invalid("statement.passkey-signature", `\`${credential.id}\` did not make this assertion`);
}

function readClientData(bytes: Uint8Array): z.output<typeof clientDataSchema> | undefined {
  if (bytes.length > clientDataMax) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return clientDataSchema.safeParse(parseStrict(text, 4)).data;
  } catch (error) {
    if (error instanceof InvalidValue || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** rpIdHash 32 ‖ flags 1 ‖ counter 4 ‖ extensions; an assertion carries no attested credential. */
function judgeAuthenticator(credential: Passkey, data: Uint8Array): ProofVerdict | undefined {
  const flags = data[32] ?? 0;
  const lengthFits = (flags & extensions) === 0 ? data.length === headLength : data.length > headLength;
  if (!lengthFits || (flags & attestedCredential) !== 0)
    return invalid("statement.passkey-authenticator", "the authenticator data is not that of an assertion");
  if (!equalBytes(data.subarray(0, 32), toBytes(sha256(utf8(credential.rpId))))) {
    return invalid("statement.passkey-authenticator", `the assertion is for a site other than \`${credential.rpId}\``);
  }
  if ((flags & userPresent) === 0 || (flags & userVerified) === 0) {
    return invalid(
      "statement.passkey-unverified-user",
      "the authenticator did not verify the person (PIN, finger or face)",
    );
  }
  return undefined;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** RFC 4648 §5 without padding, as WebAuthn writes a challenge. */
function base64url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    const digits = Math.min(4, bytes.length - at + 1);
    for (let i = 0; i < digits; i += 1) text += alphabet.charAt((word >> (18 - 6 * i)) & 63);
  }
  return text;
}
