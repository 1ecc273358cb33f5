/** Signature checks as a record that is passed in: native libraries in the gate and the CLI, noble in browsers. */
import type { Address } from "./address.ts";

/** Every function is total: what cannot be checked is `undefined` or `false`, never an exception. */
export type SignatureChecks = {
  /** Address whose key made the 65-byte (r ‖ s ‖ v, v 27 or 28, low-S per EIP-2) signature over the 32-byte digest. */
  readonly recoverSecp256k1: (digest: Uint8Array, signature: Uint8Array) => Address | undefined;
  /** RFC 8032, 32-byte public key, 64-byte signature. */
  readonly verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /** ECDSA P-256 over SHA-256 of the message; 65-byte uncompressed public key, DER signature as WebAuthn gives it. */
  readonly verifyP256: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
};
