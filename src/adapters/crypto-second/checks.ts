/** A second opinion on secp256k1: `@noble/secp256k1`, which shares no curve code with libsecp256k1 or `@noble/curves`. */
import { recoverPublicKey } from "@noble/secp256k1";
import { fromPublicKey, type Address } from "../../values/address.ts";
import { concat, fromBytes } from "../../values/hex.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";

/** Half the order of secp256k1, rounded down (EIP-2). */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** As every check: undefined for what cannot be recovered, never an exception. */
export const recoverSecond: SignatureChecks["recoverSecp256k1"] = (digest, signature): Address | undefined => {
  const parity = (signature[64] ?? 0) - 27;
  if (digest.length !== 32 || signature.length !== 65 || (parity !== 0 && parity !== 1)) return undefined;
  if (BigInt(fromBytes(signature.subarray(32, 64))) > halfOrder) return undefined;
  try {
    const recovered = concat(Uint8Array.of(parity), signature.subarray(0, 64));
    return fromPublicKey(fromBytes(recoverPublicKey(recovered, digest, { prehash: false, isCompressed: false })));
  } catch {
    return undefined;
  }
};
