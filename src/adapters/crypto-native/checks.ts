/** Signature checks by OpenSSL (through Node) and libsecp256k1, with noble's recovery where the latter is not installed. */
import { createPublicKey, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { isSoundEd25519 } from "../../roster/sound-key.ts";
import { fromPoint, type Address } from "../../values/address.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";

type Recover = (signature: Uint8Array, parity: 0 | 1, digest: Uint8Array) => Uint8Array;
type Native = {
  readonly ecdsaRecover: (signature: Uint8Array, recid: number, message: Uint8Array, compressed: boolean) => Uint8Array;
};

/** Half the order of secp256k1 (EIP-2), as bytes. */
const halfOrder = Buffer.from("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", "hex");

/** `bindings.js`, because `index.js` falls back to a far slower library without a word. The package is optional. */
function loadNative(): Native | undefined {
  try {
    const loaded: unknown = createRequire(import.meta.url)("secp256k1/bindings.js");
    return isNative(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  }
}

function isNative(value: unknown): value is Native {
  return (
    typeof value === "object" && value !== null && "ecdsaRecover" in value && typeof value.ecdsaRecover === "function"
  );
}

const native = loadNative();

/** Which library recovers secp256k1 keys here; health and `doctor` show it. */
export const recoveryKind: "native" | "noble" = native === undefined ? "noble" : "native";

export function recoverWithNoble(signature: Uint8Array, parity: 0 | 1, digest: Uint8Array): Uint8Array {
  return secp256k1.Signature.fromBytes(signature, "compact")
    .addRecoveryBit(parity)
    .recoverPublicKey(digest)
    .toBytes(false);
}

const recoverInstalled: Recover =
  native === undefined
    ? recoverWithNoble
    : (signature, parity, digest) => native.ecdsaRecover(signature, parity, digest, false);

/** `recover` is for tests of the fallback; without it the best that is installed. */
export function nativeChecks(recover: Recover = recoverInstalled): SignatureChecks {
  return {
    recoverSecp256k1: (digest, signature) => recoverSecp256k1(recover, digest, signature),
    verifyEd25519,
    verifyP256,
  };
}

function recoverSecp256k1(recover: Recover, digest: Uint8Array, signature: Uint8Array): Address | undefined {
  const parity = (signature[64] ?? 0) - 27;
  if (digest.length !== 32 || signature.length !== 65 || (parity !== 0 && parity !== 1)) return undefined;
  if (Buffer.compare(signature.subarray(32, 64), halfOrder) > 0) return undefined;
  return attempt(() => fromPoint(recover(signature.slice(0, 64), parity, digest)));
}

function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const key = keyObject(publicKey, () =>
    isSoundEd25519(publicKey) ? { kty: "OKP", crv: "Ed25519", x: base64url(publicKey) } : undefined,
  );
  return key !== undefined && attempt(() => verify(null, message, key, signature)) === true;
}

function verifyP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = keyObject(publicKey, () =>
    publicKey.length === 65 && publicKey[0] === 4
      ? { kty: "EC", crv: "P-256", x: base64url(publicKey.subarray(1, 33)), y: base64url(publicKey.subarray(33)) }
      : undefined,
  );
  return key !== undefined && attempt(() => verify("sha256", message, key, signature)) === true;
}

/** Keys that were made already, by their bytes: the curve follows from the length, and a key object never changes. */
const made = new Map<string, KeyObject>();
/** As many as a deployment has; when there are more, all are made anew. */
const madeMax = 1_000;

/** The key in OpenSSL's form; nothing when it is no sound point. Making it takes a fifth of the time of a check. */
function keyObject(publicKey: Uint8Array, sound: () => JsonWebKey | undefined): KeyObject | undefined {
  const name = base64url(publicKey);
  const known = made.get(name);
  if (known !== undefined) return known;
  const jwk = sound();
  const key = jwk === undefined ? undefined : attempt(() => createPublicKey({ key: jwk, format: "jwk" }));
  if (key === undefined) return undefined;
  if (made.size >= madeMax) made.clear();
  made.set(name, key);
  return key;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** Libraries throw at garbage; a check answers. */
function attempt<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch {
    return undefined;
  }
}
