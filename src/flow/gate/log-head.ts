/** The signed head of the log, receipts, and instructions of release: the three things the log key signs. */
import { receiptBytes, type UnsignedReceipt } from "../../gate/receipt.ts";
import { instructed, instructionBytes, type ReleaseEntry } from "../../gate/release.ts";
import type { Moment } from "../../gate/word.ts";
import * as checkpoint from "../../log/checkpoint.ts";
import type { Instruction, Receipt } from "../../log/entry.ts";
import { rootAt } from "../../log/merkle.ts";
import { fromBytes } from "../../values/hex.ts";
import type { Core } from "./core.ts";

/** Checkpoint text of the whole log as it is now (C2SP tlog-checkpoint). */
export function signedHead(core: Core): string {
  const { journal, logKey, deploymentId, word } = core;
  const size = journal.size();
  word.show(size, momentOf(core));
  const head = { origin: checkpoint.originOf(deploymentId), size, root: rootAt(size, journal.node) };
  const key = { name: head.origin, publicKey: fromBytes(logKey.publicKey) };
  const line = checkpoint.logSignature(key, fromBytes(logKey.sign(checkpoint.noteToSign(head))));
  return checkpoint.format(checkpoint.withSignature(checkpoint.unsigned(head), line));
}

export function momentOf({ ticks, now }: Pick<Core, "ticks" | "now">): Moment {
  return { ticks: ticks(), at: now() };
}

export function signReceipt({ logKey }: Core, receipt: UnsignedReceipt): Receipt {
  return { ...receipt, signature: fromBytes(logKey.sign(receiptBytes(receipt))) };
}

/** INVARIANT: of a leaf that the witnesses cosigned; the same leaf is always signed the same. */
export function signInstruction(
  { logKey, deploymentId }: Pick<Core, "logKey" | "deploymentId">,
  entry: ReleaseEntry,
  leaf: number,
): Instruction {
  const unsigned = instructed(entry, deploymentId, leaf);
  return { ...unsigned, signature: fromBytes(logKey.sign(instructionBytes(unsigned))) };
}
