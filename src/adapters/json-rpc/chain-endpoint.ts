/** The service's view of a chain through one endpoint: fees, broadcast of stored bytes, receipts by polling. */
import type { Broadcast, ChainEndpoint, ChainReceipt, Fees } from "../../flow/serve/chain.port.ts";
import * as amount from "../../values/amount.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { keccak256 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import * as hex from "../../values/hex.ts";
import { amountAnswer, feeHistoryAnswer, transactionAnswer } from "./answers.ts";
import { canonicalReceipt, canonicalBlock, headBlock, finalizedBlock } from "./blocks.ts";
import { ask, understand, withoutBytes, type Connection } from "./connection.ts";
import { broadcastRefused } from "./rejection.ts";

export function chainEndpoint(connection: Connection): ChainEndpoint {
  return {
    fees: () => suggestFees(connection),
    broadcast: (raw) => broadcast(connection, raw),
    receipt: (txHash): Promise<ChainReceipt | undefined> => canonicalReceipt(connection, txHash),
    knows: (txHash) => knows(connection, txHash),
    heads: async () => {
      const [head, finalized] = await Promise.all([headBlock(connection), finalizedBlock(connection)]);
      return { head: head.number, finalized: finalized?.number };
    },
    blockHash: async (height) => (await canonicalBlock(connection, height))?.hash,
    close: () => {
      connection.close();
    },
  };
}

/** The next block's base fee, and the tip the node suggests or, where it suggests none, the middle of the last blocks. */
async function suggestFees(connection: Connection): Promise<Fees> {
  const [history, suggested] = await Promise.all([
    ask(connection, "eth_feeHistory", ["0x5", "latest", [50]]),
    connection.send("eth_maxPriorityFeePerGas", []),
  ]);
  const { baseFeePerGas, reward } = understand(feeHistoryAnswer, "eth_feeHistory", history);
  const tip =
    suggested.kind === "answered"
      ? understand(amountAnswer, "eth_maxPriorityFeePerGas", suggested.result)
      : middle((reward ?? []).flat());
  return { baseFeePerGas: baseFeePerGas.at(-1) ?? amount.zero, priorityFeePerGas: tip };
}

function middle(values: readonly Amount[]): Amount {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))[Math.floor(values.length / 2)] ?? amount.zero;
}

/** `nonce too low` about bytes that the endpoint has is the success of an earlier attempt whose answer was lost. */
async function broadcast(connection: Connection, raw: hex.Hex): Promise<Broadcast> {
  const hash = keccak256(hex.toBytes(raw));
  try {
    const answer = await connection.send("eth_sendRawTransaction", [raw]);
    switch (answer.kind) {
      case "answered":
        return answer.result === hash
          ? { kind: "accepted" }
          : { kind: "unknown", why: "the endpoint named another transaction" };
      case "unknown":
        return answer;
      case "refused": {
        const meant = broadcastRefused(answer.code, withoutBytes(answer.message));
        const spent = meant.kind === "rejected" && meant.code === "nonce-too-low";
        return spent && (await knows(connection, hash)) ? { kind: "already-known" } : meant;
      }
    }
  } catch (error) {
    if (error instanceof Fault) return { kind: "unknown", why: error.message };
    throw error;
  }
}

async function knows(connection: Connection, txHash: Bytes32): Promise<boolean> {
  const found = await ask(connection, "eth_getTransactionByHash", [txHash]);
  if (found === null) return false;
  return understand(transactionAnswer, "eth_getTransactionByHash", found).hash === txHash;
}
