/** Public key recovery: libsecp256k1 where it is installed, else noble, and always said which. */
import { createRequire } from "node:module";
import { recoverPublicKey } from "@noble/secp256k1";

export type Recovery = {
  readonly kind: "native" | "noble";
  /** The 65-byte key that made `r | s` with this parity over the 32-byte digest, or nothing when there is none. */
  readonly recover: (signature: Uint8Array, yParity: 0 | 1, digest: Uint8Array) => Uint8Array | undefined;
};

type Native = {
  readonly ecdsaRecover: (signature: Uint8Array, recid: number, message: Uint8Array, compressed: boolean) => Uint8Array;
};

/** Not the package's `index.js`: that one falls back to a forty times slower library without a word. */
export function loadRecovery(
  load: () => unknown = () => createRequire(import.meta.url)("secp256k1/bindings.js"),
): Recovery {
  try {
    const native = load();
    if (isNative(native))
      return {
        kind: "native",
        recover: (signature, parity, digest) => attempt(() => native.ecdsaRecover(signature, parity, digest, false)),
      };
  } catch {
    // The package is optional; health says that the slower library is in use.
  }
  return { kind: "noble", recover: recoverWithNoble };
}

export function recoverWithNoble(signature: Uint8Array, yParity: 0 | 1, digest: Uint8Array): Uint8Array | undefined {
  const withParity = new Uint8Array(65);
  withParity[0] = yParity;
  withParity.set(signature, 1);
  return attempt(() => recoverPublicKey(withParity, digest, { prehash: false, isCompressed: false }));
}

function attempt(recover: () => Uint8Array): Uint8Array | undefined {
  try {
    return recover();
  } catch {
    return undefined;
  }
}

function isNative(value: unknown): value is Native {
  return (
    typeof value === "object" && value !== null && "ecdsaRecover" in value && typeof value.ecdsaRecover === "function"
  );
}
