/** The signed head of the log, and receipts: the two things the log key signs. */
import { receiptBytes, type UnsignedReceipt } from "../../gate/receipt.ts";
import * as checkpoint from "../../log/checkpoint.ts";
import type { Receipt } from "../../log/entry.ts";
import { rootAt } from "../../log/merkle.ts";
import { fromBytes } from "../../values/hex.ts";
import type { Core } from "./core.ts";

/** Checkpoint text of the whole log as it is now (C2SP tlog-checkpoint). */
export function signedHead({ journal, logKey, deploymentId }: Core): string {
  const size = journal.size();
  const head = { origin: checkpoint.originOf(deploymentId), size, root: rootAt(size, journal.node) };
  const key = { name: head.origin, publicKey: fromBytes(logKey.publicKey) };
  const line = checkpoint.logSignature(key, fromBytes(logKey.sign(checkpoint.noteToSign(head))));
  return checkpoint.format(checkpoint.withSignature(checkpoint.unsigned(head), line));
}

export function signReceipt({ logKey }: Core, receipt: UnsignedReceipt): Receipt {
  return { ...receipt, signature: fromBytes(logKey.sign(receiptBytes(receipt))) };
}
