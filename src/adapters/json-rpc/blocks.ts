/** Blocks and receipts of an endpoint's canonical chain, as it stands at the moment of asking. */
import type { Bytes32 } from "../../values/bytes32.ts";
import { blockAnswer, receiptAnswer, type BlockAnswer, type ReceiptAnswer } from "./answers.ts";
import { ask, understand, type Connection } from "./connection.ts";
import { Fault } from "../../values/errors.ts";

const byNumber = "eth_getBlockByNumber";

export async function headBlock(connection: Connection): Promise<BlockAnswer> {
  return understand(blockAnswer, byNumber, await ask(connection, byNumber, ["latest", false]));
}

/** Undefined where the chain has no such tag: the node refuses the word, or finds no block for it. */
export async function finalizedBlock(connection: Connection): Promise<BlockAnswer | undefined> {
  const answer = await connection.send(byNumber, ["finalized", false]);
  switch (answer.kind) {
    case "answered":
      return answer.result === null ? undefined : understand(blockAnswer, byNumber, answer.result);
    case "refused":
      return undefined;
    case "unknown":
      throw new Fault("chain.no-answer", `the endpoint does not answer \`${byNumber}\`: ${answer.why}`, "safe");
  }
}

export async function canonicalBlock(connection: Connection, height: number): Promise<BlockAnswer | undefined> {
  const found = await ask(connection, byNumber, [`0x${height.toString(16)}`, false]);
  if (found === null) return undefined;
  const block = understand(blockAnswer, byNumber, found);
  if (block.number === height) return block;
  throw new Fault(
    "chain.malformed-answer",
    `the endpoint answered with block ${block.number} instead of ${height}`,
    "safe",
  );
}

/** A receipt counts only while its block is the canonical one at its height. */
export async function canonicalReceipt(connection: Connection, txHash: Bytes32): Promise<ReceiptAnswer | undefined> {
  const found = await ask(connection, "eth_getTransactionReceipt", [txHash]);
  if (found === null) return undefined;
  const receipt = understand(receiptAnswer, "eth_getTransactionReceipt", found);
  if (receipt.txHash !== txHash)
    throw new Fault("chain.malformed-answer", "the endpoint answered with another transaction's receipt", "safe");
  const block = await canonicalBlock(connection, receipt.blockNumber);
  return block?.hash === receipt.blockHash ? receipt : undefined;
}
