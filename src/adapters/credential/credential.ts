/** Making a credential, showing its public part, and signing statements with it. */
import { createPrivateKey, createPublicKey, randomBytes, sign as signEd25519, type KeyObject } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Credential } from "../../roster/roster.ts";
import { digest } from "../../statement/digest.ts";
import type { Envelope, Proof } from "../../statement/envelope.ts";
import type { Kind } from "../../statement/message.ts";
import { readStatement } from "../../statement/read.ts";
import { fromPublicKey } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { concat, fromBytes, toBytes, type Hex } from "../../values/hex.ts";
import type { Name } from "../../values/name.ts";
import { toWire } from "../../values/wire.ts";
import { secretCredential, type SecretCredential } from "./credential-file.ts";

/** A new credential from the system's random source. */
export function createCredential(kind: "wallet" | "key", id: Name): SecretCredential {
  let secret = randomBytes(32);
  while (kind === "wallet" && !secp256k1.utils.isValidSecretKey(secret)) secret = randomBytes(32);
  return secretCredential({ kind, id, privateKey: fromBytes(secret) });
}

/** What the roster holds of it. */
export function publicPart(credential: SecretCredential): Extract<Credential, { kind: "wallet" | "key" }> {
  const { id, kind, privateKey } = credential;
  switch (kind) {
    case "wallet":
      return { kind, id, address: fromPublicKey(fromBytes(secp256k1.getPublicKey(toBytes(privateKey), false))) };
    case "key":
      return { kind, id, publicKey: publicKeyOf(privateKey) };
  }
}

/**
 * Signs the words of a statement in one deployment. `message` may be typed or JSON; it is read as strictly as the gate
 * will read it, and what is signed is the normal spelling. Throws `InvalidValue` `statement.*`.
 */
export function signStatement(
  credential: SecretCredential,
  deploymentId: Bytes32,
  kind: Kind,
  message: Readonly<Record<string, unknown>>,
): Envelope {
  const unsigned = { kind, message: toWire(message), credential: credential.id, proof: emptyProof(credential.kind) };
  const { envelope } = readStatement(unsigned);
  const signed = toBytes(digest(deploymentId, kind, envelope.message));
  return { ...envelope, proof: { kind: credential.kind, signature: signDigest(credential, signed) } };
}

function emptyProof(kind: SecretCredential["kind"]): Proof {
  return { kind, signature: "0x" };
}

function signDigest({ kind, privateKey }: SecretCredential, bytes: Uint8Array): Hex {
  switch (kind) {
    case "wallet": {
      const signature = secp256k1.sign(bytes, toBytes(privateKey), { prehash: false, lowS: true, format: "recovered" });
      const [parity = 0] = signature;
      return fromBytes(concat(signature.subarray(1), Uint8Array.of(27 + parity)));
    }
    case "key":
      return fromBytes(signEd25519(null, bytes, keyObject(privateKey)));
  }
}

/** RFC 8410: the PKCS#8 frame of an Ed25519 seed. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

function keyObject(seed: Hex): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, toBytes(seed)]), format: "der", type: "pkcs8" });
}

function publicKeyOf(seed: Hex): Hex {
  const spki = createPublicKey(keyObject(seed)).export({ format: "der", type: "spki" });
  return fromBytes(spki.subarray(-32));
}
