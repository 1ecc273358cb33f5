/** What an auditor reads of a chain through an endpoint of their own: events of a token, nonces, receipts, and which block stood at a time. */
import type { SeenReceipt } from "../../evidence/outcome.ts";
import type { Address } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { keccak256, utf8 } from "../../values/digest.ts";
import { eventsAnswer } from "./answers.ts";
import { chainReader } from "./chain-reader.ts";
import { ask, understand, type Connection } from "./connection.ts";
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
  readonly nonce: (account: Address, block: Block) => Promise<number>;
  readonly receipt: (txHash: Bytes32) => Promise<SeenReceipt | undefined>;
  readonly close: () => void;
};

/** As many as every node answers at once. */
const blocksAtOnce = 1_000;

const topic = (signature: string): Bytes32 => keccak256(utf8(signature));
const transfer = topic("Transfer(address,address,uint256)");
const nobody = `0x${"0".repeat(64)}`;
const names: ReadonlyMap<string, string> = new Map<string, string>([
  [topic("RoleGranted(bytes32,address,address)"), "a grant of a role"],
  [topic("RoleRevoked(bytes32,address,address)"), "a revocation of a role"],
  [topic("RoleAdminChanged(bytes32,bytes32,bytes32)"), "a change of a role's administrator"],
  [topic("Paused(address)"), "a pause"],
  [topic("Unpaused(address)"), "the end of a pause"],
]);

export function chainHistory(connection: Connection): ChainHistory {
  const reader = chainReader(connection);
  return {
    heads: async () => {
      const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
      return { head: head.number, finalized: finalized?.number };
    },
    blockAt: reader.blockAt,
    events: async (token, from, to) => {
      const found: HistoryEvent[] = [];
      for (let at = from; at <= to; at += blocksAtOnce) {
        const until = Math.min(to, at + blocksAtOnce - 1);
        for (const topics of [[transfer, nobody], [transfer, null, nobody], [[...names.keys()]]])
          found.push(...(await eventsOf(connection, token, { from: at, to: until, topics })));
      }
      return found;
    },
    nonce: reader.nonce,
    receipt: reader.receipt,
    close: reader.close,
  };
}

type Wanted = { readonly from: number; readonly to: number; readonly topics: readonly unknown[] };

async function eventsOf(
  connection: Connection,
  token: Address,
  { from, to, topics }: Wanted,
): Promise<readonly HistoryEvent[]> {
  const height = (value: number): string => `0x${value.toString(16)}`;
  const filter = { address: token, fromBlock: height(from), toBlock: height(to), topics };
  const logs = understand(eventsAnswer, "eth_getLogs", await ask(connection, "eth_getLogs", [filter]));
  return logs.map(({ address, topics: [first, sender], transactionHash, blockNumber }) => {
    const what = names.get(first ?? "") ?? (sender === nobody ? "a mint" : "a burn");
    return { token: address, txHash: transactionHash, blockNumber, what };
  });
}
