/** The text a new key signs to show that it works: no transaction and no statement hashes to the same digest. */
import type { Hex } from "../../values/hex.ts";

/** Signed over SHA-256; statements and transactions are hashed with Keccak-256. */
export function keyProofText(label: string, publicKey: Hex): string {
  return `Countersign key ceremony\nlabel: ${label}\npublic key: ${publicKey}\n`;
}
