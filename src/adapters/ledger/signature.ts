/** From a device's answer to a signature that may leave: whole, in range, low-S, and the pinned key's over our own digest. */
import type { BackendAnswer } from "../../flow/gate/backend.port.ts";
import type { Address } from "../../values/address.ts";
import { parse } from "../../values/bytes32.ts";
import { concat, toBytes } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { RawSignature } from "./eth-app.ts";

export type Signature = Extract<BackendAnswer, { kind: "signed" }>["signature"];

/** Undefined when it is anything else: the library returns half a signature where the app answered nothing. */
export function settle(
  { r, s, yParity }: RawSignature,
  digest: Uint8Array,
  address: Address,
  recover: SignatureChecks["recoverSecp256k1"],
): Signature | undefined {
  if (!/^[0-9a-f]{64}$/.test(r) || !/^[0-9a-f]{64}$/.test(s) || (yParity !== 0 && yParity !== 1)) return undefined;
  const signature = { r: parse(`0x${r}`), s: parse(`0x${s}`), yParity } as const;
  const bytes = concat(toBytes(signature.r), toBytes(signature.s), Uint8Array.of(27 + yParity));
  return recover(digest, bytes) === address ? signature : undefined;
}
