/** Signature checks in plain JavaScript, for browsers and wherever nothing native is installed. */
import { edwards } from "@noble/curves/abstract/edwards.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { isSoundEd25519 } from "../../roster/sound-key.ts";
import { fromPublicKey, type Address } from "../../values/address.ts";
import { concat, equalBytes, fromBytes } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { p256, readDer, recovered, secp256k1, verifies } from "./ecdsa.ts";

/** The curve of Ed25519 (RFC 8032, section 5.1): points alone, since what is checked here is checked below, and nothing is signed. */
const Ed25519 = edwards({
  p: 2n ** 255n - 19n,
  n: 2n ** 252n + 27742317777372353535851937790883648493n,
  h: 8n,
  a: 2n ** 255n - 20n,
  d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
  Gx: 15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  Gy: 46316835694926478169428394003475163141307993866256225615783033603165251855960n,
});

export const nobleChecks: SignatureChecks = { recoverSecp256k1, verifyEd25519, verifyP256 };

function recoverSecp256k1(digest: Uint8Array, signature: Uint8Array): Address | undefined {
  const parity = (signature[64] ?? 0) - 27;
  if (digest.length !== 32 || signature.length !== 65 || (parity !== 0 && parity !== 1)) return undefined;
  const r = BigInt(fromBytes(signature.subarray(0, 32)));
  const s = BigInt(fromBytes(signature.subarray(32, 64)));
  if (s > secp256k1.Fn.ORDER >> 1n) return undefined;
  return attempt(() => {
    const owner = recovered(secp256k1, digest, { r, s }, parity);
    return owner === undefined ? undefined : fromPublicKey(fromBytes(owner));
  });
}

/** RFC 8032 without the cofactor, comparing R as bytes: what OpenSSL does, so that gate and browser agree on every signature. */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isSoundEd25519(publicKey) || signature.length !== 64) return false;
  const verdict = attempt(() => {
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    if (s >= Ed25519.Fn.ORDER) return false;
    const owner = Ed25519.fromBytes(publicKey);
    const k = Ed25519.Fn.create(littleEndian(sha512(concat(r, publicKey, message))));
    const expected = Ed25519.BASE.multiplyUnsafe(s).subtract(owner.multiplyUnsafe(k));
    return equalBytes(expected.toBytes(), r);
  });
  return verdict === true;
}

function verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  const written = readDer(signature);
  return written !== undefined && attempt(() => verifies(p256, publicKey, sha256(message), written)) === true;
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
