/** What an auditor reads of a chain through an endpoint of their own: events of a token, nonces, receipts, and which block stood at a time. */
import type { Holding } from "../../evidence/entitlement.ts";
import type { SeenReceipt } from "../../evidence/outcome.ts";
import type { Address } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { chainReader } from "./chain-reader.ts";
import type { Connection } from "./connection.ts";
import type { Block } from "../../flow/observe/chain-reader.port.ts";

export type HistoryEvent = {
  readonly token: Address;
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly what: string;
};

export type ChainHistory = {
  readonly heads: () => Promise<{ readonly head: number; readonly finalized: number | undefined }>;
  /** Undefined above the head. */
  readonly blockAt: (height: number) => Promise<Block | undefined>;
  /** Mints, burns, changes of roles and pauses, of blocks from one to another, both included. */
  readonly events: (token: Address, from: number, to: number) => Promise<readonly HistoryEvent[]>;
  /** Everybody who holds some of the token at the end of the block, with the whole supply together. */
  readonly holders: (token: Address, block: Block) => Promise<readonly Holding[]>;
  readonly nonce: (account: Address, block: Block) => Promise<number>;
  readonly receipt: (txHash: Bytes32) => Promise<SeenReceipt | undefined>;
  readonly close: () => void;
};

export function chainHistory(connection: Connection): ChainHistory {
  const reader = chainReader(connection);
  return {
    heads: async () => {
      const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
      return { head: head.number, finalized: finalized?.number };
    },
    blockAt: reader.blockAt,
    events: async (token, from, to) => (await reader.events(token, from, to)).map((event) => ({ token, ...event })),
    holders: reader.holders,
    nonce: reader.nonce,
    receipt: reader.receipt,
    close: reader.close,
  };
}
