/** Signature checks in plain JavaScript, for browsers and wherever nothing native is installed. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { isSoundEd25519 } from "../../roster/sound-key.ts";
import { fromPublicKey, type Address } from "../../values/address.ts";
import { concat, equalBytes, fromBytes } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";

export const nobleChecks: SignatureChecks = { recoverSecp256k1, verifyEd25519, verifyP256 };

function recoverSecp256k1(digest: Uint8Array, signature: Uint8Array): Address | undefined {
  const parity = (signature[64] ?? 0) - 27;
  if (digest.length !== 32 || signature.length !== 65 || (parity !== 0 && parity !== 1)) return undefined;
  return attempt(() => {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact");
    if (parsed.hasHighS()) return undefined;
    const point = parsed.addRecoveryBit(parity).recoverPublicKey(digest);
    return fromPublicKey(fromBytes(point.toBytes(false)));
  });
}

/** RFC 8032 without the cofactor, comparing R as bytes: what OpenSSL does, so that gate and browser agree on every signature. */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isSoundEd25519(publicKey) || signature.length !== 64) return false;
  const verdict = attempt(() => {
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    if (s >= ed25519.Point.Fn.ORDER) return false;
    const owner = ed25519.Point.fromBytes(publicKey);
    const k = ed25519.Point.Fn.create(littleEndian(sha512(concat(r, publicKey, message))));
    const expected = ed25519.Point.BASE.multiplyUnsafe(s).subtract(owner.multiplyUnsafe(k));
    return equalBytes(expected.toBytes(), r);
  });
  return verdict === true;
}

function verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  return (
    attempt(() => p256.verify(signature, message, publicKey, { format: "der", lowS: false, prehash: true })) === true
  );
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Libraries throw at garbage; a check answers. */
function attempt<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch {
    return undefined;
  }
}
