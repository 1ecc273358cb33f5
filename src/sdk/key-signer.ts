/** An Ed25519 key that signs wherever it is kept: a service's own store, or a `CryptoKey` that a page cannot read out. */
import type { Credential } from "../roster/roster.ts";
import { fromBytes, toBytes } from "../values/hex.ts";
import { prove, type Own } from "./proving.ts";
import type { Signer } from "./signer.ts";

/** RFC 8032 over exactly these bytes; 64 bytes. */
export type SignBytes = (bytes: Uint8Array) => Promise<Uint8Array>;

export function keySigner(own: Own<Extract<Credential, { kind: "key" }>>, signBytes: SignBytes): Signer {
  return {
    credential: own.credential.id,
    sign: (kind, message) =>
      prove(own, kind, message, async ({ digest }) => ({
        kind: "key",
        signature: fromBytes(await signBytes(toBytes(digest))),
      })),
  };
}
