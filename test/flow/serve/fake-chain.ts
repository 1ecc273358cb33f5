/** A chain in memory behind serve's port: pool, blocks, finality two blocks deep, reorgs, and an endpoint that can misbehave. */
import { decode } from "../../../src/intent/calldata.ts";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import type { Broadcast, ChainEndpoint, ChainReceipt } from "../../../src/flow/serve/chain.port.ts";
import * as address from "../../../src/values/address.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { Fault } from "../../../src/values/errors.ts";
import type { Hex } from "../../../src/values/hex.ts";

type Mined = { readonly raw: Hex; readonly receipt: ChainReceipt };
type Block = { readonly hash: Bytes32; readonly mined: readonly Mined[] };

/** What the endpoint does with the next bytes it is given; `lose-reply` takes them and says nothing. */
export type Mischief = "lose-reply" | "lose-bytes" | "throw-after";

export type FakeChain = {
  readonly endpoint: ChainEndpoint;
  /** Every broadcast, in order. */
  readonly sent: Hex[];
  readonly mischief: Mischief[];
  /** Transactions that will do nothing, or something else. */
  outcome: "as-asked" | "revert" | "other-recipient";
  /** Wei per gas; what offers less stays in the pool. */
  baseFee: bigint;
  /** Mines what is in the pool, in the order of nonces, of one nonce the dearest. */
  readonly mine: () => void;
  /** Drops the newest blocks; their transactions return to the pool, or vanish. */
  readonly reorganise: (depth: number, keep: boolean) => void;
  /** Somebody else's transaction takes the next nonce. */
  readonly takeNonce: () => void;
  readonly forgetPool: () => void;
  /** Successful mints on the canonical chain, by recipient and amount: the oracle of doubles. */
  readonly mints: () => readonly { readonly to: string; readonly amount: bigint }[];
  /** Successful burns on the canonical chain. */
  readonly burns: () => readonly { readonly amount: bigint }[];
  readonly supply: () => bigint;
  readonly nonce: () => number;
  /** In a block of now, which may go again. */
  readonly mined: (txHash: Bytes32) => ChainReceipt | undefined;
  readonly final: (txHash: Bytes32) => ChainReceipt | undefined;
  readonly head: () => Seen;
  readonly finalized: () => Seen;
};

/** A block of the canonical chain. */
type Seen = { readonly number: number; readonly hash: Bytes32 };

const depth = 2;
const transferTopic = keccak256(utf8("Transfer(address,address,uint256)"));
const word = (hex: string): Bytes32 => bytes32.parse(`0x${hex.replace(/^0x/, "").padStart(64, "0")}`);

export function fakeChain(account: address.Address): FakeChain {
  const pool = new Map<Bytes32, Hex>();
  let forks = 0;
  let blocks: Block[] = [{ hash: keccak256(utf8("genesis")), mined: [] }];
  let strangers = 0;

  const head = (): number => blocks.length - 1;
  const finalHeight = (): number => Math.max(0, head() - depth);
  const seen = (number: number): Seen => ({ number, hash: blocks[number]!.hash });
  const all = (): Mined[] => blocks.flatMap((block) => block.mined);
  const minedBy = (txHash: Bytes32): Mined | undefined => all().find(({ receipt }) => receipt.txHash === txHash);
  const nonce = (): number => all().length + strangers;

  const execute = (raw: Hex, blockNumber: number, blockHash: Bytes32): Mined => {
    const { transaction, hash } = parseTransaction(raw);
    const call = decode(transaction.data, "role-erc20");
    const fills = transaction.data === "0x" && transaction.to === account && transaction.value === 0n;
    const reverted = !fills && (chain.outcome === "revert" || (call.kind !== "mint" && call.kind !== "burn"));
    const to = chain.outcome === "other-recipient" ? `0x${"66".repeat(20)}` : call.kind === "mint" ? call.to : "0x";
    const from = call.kind === "burn" ? account : "0x";
    const log = {
      address: transaction.to,
      topics: [transferTopic, word(from), word(to)],
      data: "amount" in call ? word(call.amount.toString(16)) : word("0x"),
    };
    return {
      raw,
      receipt: {
        txHash: hash,
        blockNumber,
        blockHash,
        status: reverted ? "reverted" : "success",
        from: account,
        to: transaction.to,
        logs: reverted || fills ? [] : [log],
      },
    };
  };

  const accept = (raw: Hex): Broadcast => {
    const { transaction, hash } = parseTransaction(raw);
    if (pool.has(hash)) return { kind: "already-known" };
    if (transaction.nonce < nonce()) return { kind: "rejected", code: "nonce-too-low", why: "nonce too low" };
    pool.set(hash, raw);
    return { kind: "accepted" };
  };

  const endpoint: ChainEndpoint = {
    fees: async () => ({ baseFeePerGas: fromBigInt(chain.baseFee), priorityFeePerGas: fromBigInt(1_000_000_000n) }),
    broadcast: async (raw) => {
      chain.sent.push(raw);
      const mischief = chain.mischief.shift();
      if (mischief === "lose-bytes") return { kind: "unknown", why: `timeout while sending ${raw}` };
      const answer = accept(raw);
      if (mischief === "throw-after") throw new Fault("chain.unavailable", "the endpoint does not answer", "safe");
      return mischief === "lose-reply" ? { kind: "unknown", why: `timeout while sending ${raw}` } : answer;
    },
    receipt: async (txHash) => minedBy(txHash)?.receipt,
    knows: async (txHash) => pool.has(txHash) || minedBy(txHash) !== undefined,
    heads: async () => ({ head: head(), finalized: finalHeight() }),
    blockHash: async (height) => blocks[height]?.hash,
    close: () => undefined,
  };

  const chain: FakeChain = {
    endpoint,
    sent: [],
    mischief: [],
    outcome: "as-asked",
    baseFee: 1_000_000_000n,
    mine: () => {
      const blockNumber = blocks.length;
      const hash = keccak256(utf8(`block ${blockNumber} of fork ${forks}`));
      const waiting = [...pool]
        .map(([txHash, raw]) => ({ txHash, raw, ...parseTransaction(raw).transaction }))
        .sort((a, b) => a.nonce - b.nonce || (a.maxFeePerGas < b.maxFeePerGas ? 1 : -1));
      const mined: Mined[] = [];
      for (const { txHash, raw, nonce: wanted, maxFeePerGas } of waiting) {
        if (wanted < nonce() + mined.length) pool.delete(txHash);
        if (wanted !== nonce() + mined.length || maxFeePerGas < chain.baseFee) continue;
        pool.delete(txHash);
        mined.push(execute(raw, blockNumber, hash));
      }
      blocks.push({ hash, mined });
    },
    reorganise: (count, keep) => {
      forks += 1;
      const undone = blocks.slice(-count).flatMap((block) => block.mined);
      blocks = blocks.slice(0, -count);
      if (keep) for (const { raw, receipt } of undone) pool.set(receipt.txHash, raw);
    },
    takeNonce: () => {
      strangers += 1;
    },
    forgetPool: () => {
      pool.clear();
    },
    mints: () =>
      all().flatMap(({ raw, receipt }) => {
        const call = decode(parseTransaction(raw).transaction.data, "role-erc20");
        return receipt.status === "success" && call.kind === "mint" ? [{ to: call.to, amount: call.amount }] : [];
      }),
    burns: () =>
      all().flatMap(({ raw, receipt }) => {
        const call = decode(parseTransaction(raw).transaction.data, "role-erc20");
        return receipt.status === "success" && call.kind === "burn" ? [{ amount: call.amount }] : [];
      }),
    supply: () => chain.mints().reduce((sum, { amount }) => sum + amount, 0n),
    nonce,
    mined: (txHash) => minedBy(txHash)?.receipt,
    final: (txHash) => {
      const found = minedBy(txHash)?.receipt;
      return found !== undefined && found.blockNumber <= head() - depth ? found : undefined;
    },
    head: () => seen(head()),
    finalized: () => seen(finalHeight()),
  };
  return chain;
}
