/** An observer's view of a chain through its own endpoint: every value as of one block, named by its hash. */
import type { Block, ChainReader } from "../../flow/observe/chain-reader.port.ts";
import type { SeenReceipt } from "../../evidence/outcome.ts";
import type { Address } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { keccak256 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import * as hex from "../../values/hex.ts";
import { bytesAnswer, countAnswer, transactionAnswer, wordAnswer } from "./answers.ts";
import { canonicalBlock, canonicalReceipt, finalizedBlock, headBlock } from "./blocks.ts";
import { feedFigure } from "./feed-reader.ts";
import { holdersAt } from "./holders.ts";
import { profileReader } from "./profile-reader.ts";
import { tokenEvents } from "./token-events.ts";
import { ask, understand, withoutBytes, type Connection } from "./connection.ts";

export function chainReader(connection: Connection): ChainReader {
  const code = async (contract: Address, block: Block): Promise<Bytes32> => {
    const bytes = await readAt(connection, block, "eth_getCode", [contract]);
    return keccak256(hex.toBytes(understand(bytesAnswer, "eth_getCode", bytes)));
  };
  const reads = {
    call: async (to: Address, data: string, block: Block) =>
      understand(bytesAnswer, "eth_call", await readAt(connection, block, "eth_call", [{ to, data }])),
    slot: async (contract: Address, slot: string, block: Block) =>
      understand(wordAnswer, "eth_getStorageAt", await readAt(connection, block, "eth_getStorageAt", [contract, slot])),
  };
  const profile = profileReader(reads);
  const word = async (contract: Address, data: string, block: Block): Promise<Bytes32> =>
    understand(wordAnswer, "eth_call", await readAt(connection, block, "eth_call", [{ to: contract, data }]));
  return {
    head: () => headBlock(connection),
    finalized: () => finalizedBlock(connection),
    blockAt: (height) => canonicalBlock(connection, height),
    codeHash: code,
    ...profile,
    feed: async (contract, block) => {
      const [codehash, implementation, figure] = await Promise.all([
        code(contract, block),
        profile.implementation(contract, block, "role-erc20"),
        feedFigure(reads, contract, block),
      ]);
      return { code: codehash, implementation, ...figure };
    },
    nonce: async (account, block) => {
      const count = await readAt(connection, block, "eth_getTransactionCount", [account]);
      return understand(countAnswer, "eth_getTransactionCount", count);
    },
    holders: (token, block) => holdersAt(connection, { token, block, word }),
    events: (token, from, to) => tokenEvents(connection, token, { from, to }),
    receipt: (txHash) => seenReceipt(connection, txHash),
    close: () => {
      connection.close();
    },
  };
}

/**
 * By block hash (EIP-1898). An endpoint that does not know that form is asked by number, and its answer counts only if the block
 * at that number is still the same afterwards.
 */
async function readAt(
  connection: Connection,
  block: Block,
  method: string,
  parameters: readonly unknown[],
): Promise<unknown> {
  const answer = await connection.send(method, [...parameters, { blockHash: block.hash, requireCanonical: true }]);
  switch (answer.kind) {
    case "answered":
      return answer.result;
    case "unknown":
      throw new Fault("chain.no-answer", `the endpoint does not answer \`${method}\`: ${answer.why}`, "safe");
    case "refused": {
      const result = await ask(connection, method, [...parameters, `0x${block.number.toString(16)}`]);
      if ((await canonicalBlock(connection, block.number))?.hash === block.hash) return result;
      throw new Fault(
        "chain.block-replaced",
        `block ${block.number} was replaced: ${withoutBytes(answer.message)}`,
        "safe",
      );
    }
  }
}

/** A receipt does not name the nonce; the transaction does. */
async function seenReceipt(connection: Connection, txHash: Bytes32): Promise<SeenReceipt | undefined> {
  const receipt = await canonicalReceipt(connection, txHash);
  if (receipt === undefined) return undefined;
  const found = await ask(connection, "eth_getTransactionByHash", [txHash]);
  if (found === null) return undefined;
  const { hash, nonce, blockHash } = understand(transactionAnswer, "eth_getTransactionByHash", found);
  return hash === txHash && blockHash === receipt.blockHash ? { ...receipt, nonce } : undefined;
}
