/** The gate's signed word that it stored a statement; a client says delivered on this alone. */
import type { Receipt } from "../log/entry.ts";
import { utf8 } from "../values/digest.ts";
import { toBytes, type Hex } from "../values/hex.ts";
import { canonical } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

export type UnsignedReceipt = Omit<Receipt, "signature">;

/** `countersign-receipt/v1`, a newline, and the canonical JSON of all fields but the signature. */
export function receiptBytes({ deployment, statementHash, leafIndex, instant, epoch }: UnsignedReceipt): Uint8Array {
  return utf8(`countersign-receipt/v1\n${canonical({ deployment, statementHash, leafIndex, instant, epoch })}`);
}

/** Whether the log key signed this receipt. */
export function isGenuine(
  receipt: Receipt,
  logPublicKey: Hex,
  checks: Pick<SignatureChecks, "verifyEd25519">,
): boolean {
  const signature = toBytes(receipt.signature);
  return signature.length === 64 && checks.verifyEd25519(toBytes(logPublicKey), receiptBytes(receipt), signature);
}
