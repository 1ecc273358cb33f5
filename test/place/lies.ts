/** What endpoints lie about, each lie by its name; a lie says nothing else than the truth about everything else. */
import { Transaction } from "ethers/transaction";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import type { ServerResponse } from "node:http";
import { honest, type Call, type Lie, type Told, type Truth } from "./liar.ts";

type Fields = Record<string, unknown>;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const invented = (word: string): string => keccak256(utf8(`invented ${word}`));
const transfer = keccak256(utf8("Transfer(address,address,uint256)"));

/** Changes what is truly answered to one method; `null` stays `null`. */
const changed =
  (method: string, change: (answer: unknown, call: Call, truth: Truth) => unknown): Lie =>
  async (call, truth) => {
    if (call.method !== method) return honest(truth);
    const answer = await truth();
    return { result: answer === null ? null : await change(answer, call, truth) };
  };

const inReceipt = (change: (receipt: Fields) => Fields): Lie =>
  changed("eth_getTransactionReceipt", (answer) => change(answer as Fields));

const fees = (change: (fee: bigint) => bigint, which: "base" | "tip"): Lie => {
  const method = which === "base" ? "eth_feeHistory" : "eth_maxPriorityFeePerGas";
  return changed(method, (answer) =>
    which === "tip"
      ? hex(change(BigInt(answer as string)))
      : {
          ...(answer as Fields),
          baseFeePerGas: (answer as { baseFeePerGas: string[] }).baseFeePerGas.map((fee) => hex(change(BigInt(fee)))),
        },
  );
};

const refuses =
  (method: string, message: string): Lie =>
  (call, truth) =>
    call.method === method ? { error: { code: -32_000, message } } : honest(truth);

const raw = (write: (response: ServerResponse, id: number) => void): Lie => {
  const told: Told = { raw: write };
  return () => told;
};

/** The hash a transaction has, as far as its bytes say. */
const hashOf = (call: Call): string => keccak256(Buffer.from(String(call.params[0]).slice(2), "hex"));

/** Raw bytes that were taken and went nowhere, known to every liar. */
const swallowed = new Map<unknown, string>();

/** Takes what it is sent, sends it nowhere, and has it in the newest block at once: with the very event that is hoped for, or reverted. */
const inventsReceipts =
  (status: "0x1" | "0x0"): Lie =>
  async (call, truth) => {
    const [first] = call.params;
    if (call.method === "eth_sendRawTransaction") {
      swallowed.set(hashOf(call), String(first));
      return { result: hashOf(call) };
    }
    const taken = swallowed.get(first);
    if (taken === undefined || !/^eth_getTransaction(Receipt|ByHash)$/.test(call.method)) return honest(truth);
    const { from, to, nonce, data } = Transaction.from(taken);
    const block = (await truth("eth_getBlockByNumber", ["finalized", false])) as Fields;
    const place = { blockNumber: block["number"], blockHash: block["hash"] };
    if (call.method === "eth_getTransactionByHash") return { result: { ...place, hash: first, nonce: hex(nonce) } };
    const words = data.slice(10);
    const topics = [transfer, `0x${"0".repeat(64)}`, `0x${words.slice(0, 64)}`];
    const logs = status === "0x1" ? [{ address: to, topics, data: `0x${words.slice(64, 128)}` }] : [];
    return { result: { ...place, transactionHash: first, status, from, to, logs } };
  };

export type NamedLie = {
  /** Made anew for each use, since some remember what they said. */
  readonly make: () => Lie;
  /** What the broadcasting endpoint's lie may cost while nobody else is asked: time, and never more. */
  readonly alone: "goes on" | "waits";
  /** What people read of the request, or of the observer, while it waits. */
  readonly told?: string;
};

const frozenHead = (): Lie => {
  let first: unknown;
  return async (call, truth) => {
    if (call.method !== "eth_getBlockByNumber" || call.params[0] !== "latest") return honest(truth);
    first ??= await truth();
    return { result: first };
  };
};

const dropped = (): Lie => (call, truth) => {
  switch (call.method) {
    case "eth_sendRawTransaction":
      return { result: hashOf(call) };
    case "eth_getTransactionByHash":
      return { result: { hash: call.params[0], nonce: "0x0", blockHash: null } };
    default:
      return honest(truth);
  }
};

const words = (count: number): string => hex(BigInt(count)).slice(2).padStart(64, "0");

const said = (message: string, make: Lie | (() => Lie), isMaker = false): NamedLie => ({
  make: isMaker ? (make as () => Lie) : () => make as Lie,
  alone: message === "" ? "goes on" : "waits",
  ...(message === "" ? {} : { told: message }),
});

/** By name. The first word of each is the endpoint. */
export const lies: Readonly<Record<string, NamedLie>> = {
  "names another chain": said("says it is chain", (call, truth) =>
    call.method === "eth_chainId" ? { result: "0x1" } : honest(truth),
  ),
  "stands still": said("", frozenHead, true),
  "runs ahead of the chain": said("", async (call, truth) => {
    if (call.method !== "eth_getBlockByNumber") return honest(truth);
    const real = (await truth()) as Fields | null;
    const head = (await truth("eth_getBlockByNumber", ["latest", false])) as Fields;
    if (call.params[0] !== "latest" && real !== null) return { result: real };
    const number = call.params[0] === "latest" ? hex(Number(head["number"]) + 50) : call.params[0];
    return { result: { ...head, number, hash: invented(`block ${String(number)}`) } };
  }),
  "is on a fork": said(
    "",
    changed("eth_getBlockByNumber", (block) => ({
      ...(block as Fields),
      hash: invented(String((block as Fields)["hash"])),
    })),
  ),
  "gives the receipt of another transaction": said(
    "another transaction's receipt",
    inReceipt((receipt) => ({ ...receipt, transactionHash: invented("transaction") })),
  ),
  "calls what succeeded reverted": said(
    "",
    inReceipt((receipt) => ({ ...receipt, status: "0x0", logs: [] })),
  ),
  "calls reverted what is in no block": said("", inventsReceipts("0x0")),
  "calls done what is in no block": said("", inventsReceipts("0x1")),
  "leaves the logs out": said(
    "",
    inReceipt((receipt) => ({ ...receipt, logs: [] })),
  ),
  "writes another amount into the logs": said(
    "",
    inReceipt((receipt) => ({
      ...receipt,
      logs: (receipt["logs"] as Fields[]).map((log) => ({ ...log, data: `0x${words(7)}` })),
    })),
  ),
  "doubles the logs": said(
    "",
    inReceipt((receipt) => ({
      ...receipt,
      logs: [...(receipt["logs"] as Fields[]), ...(receipt["logs"] as Fields[])],
    })),
  ),
  "names another sender": said(
    "",
    inReceipt((receipt) => ({ ...receipt, from: `0x${"99".repeat(20)}` })),
  ),
  "hides the receipt": said("", (call, truth) =>
    call.method === "eth_getTransactionReceipt" ? { result: null } : honest(truth),
  ),
  "puts the receipt into another block": said(
    "",
    inReceipt((receipt) => ({ ...receipt, blockHash: invented("block") })),
  ),
  "counts nonces too high": said(
    "",
    changed("eth_getTransactionCount", (count) => hex(Number(count) + 3)),
  ),
  "counts nonces too low": said(
    "",
    changed("eth_getTransactionCount", () => "0x0"),
  ),
  "shows other code": said(
    "",
    changed("eth_getCode", () => "0x60016002"),
  ),
  "shows another implementation": said(
    "",
    changed("eth_getStorageAt", () => `0x${"77".repeat(20).padStart(64, "0")}`),
  ),
  "shows a smaller supply and no pause": said(
    "",
    changed("eth_call", () => `0x${words(0)}`),
  ),
  "shows another balance": said(
    "",
    changed("eth_getBalance", () => "0x0"),
  ),
  "asks a hundred thousand times the fee": said(
    "above the ceiling",
    fees((fee) => fee * 100_000n, "base"),
  ),
  "suggests a tip of a hundred thousand times": said(
    "above the ceiling",
    fees((fee) => (fee + 1n) * 1_000_000_000n, "tip"),
  ),
  "asks nothing for gas": said(
    "underpriced",
    fees(() => 0n, "base"),
  ),
  "estimates absurd gas": said(
    "",
    changed("eth_estimateGas", () => hex(2n ** 60n)),
  ),
  "knows already what it was never sent": said("waits for a block", (call, truth) => {
    if (call.method === "eth_sendRawTransaction") return { error: { code: -32_000, message: "already known" } };
    return dropped()(call, truth);
  }),
  "takes it and drops it": said("waits for a block", dropped, true),
  "calls every nonce too low": said(
    "is used, and by none of our transactions",
    refuses("eth_sendRawTransaction", "nonce too low"),
  ),
  "calls every transaction malformed": said(
    "the chain did not take it yet",
    refuses("eth_sendRawTransaction", "rlp: malformed"),
  ),
  "is out of funds for everybody": said(
    "insufficient-funds",
    refuses("eth_sendRawTransaction", "insufficient funds for gas * price + value"),
  ),
  "refuses everything": said("refused", () => ({ error: { code: -32_000, message: "not today" } })),
  "says nothing": said(
    "does not answer",
    raw(() => undefined),
  ),
  "stops half-way": said(
    "does not answer",
    raw((response, id) => response.write(`{"jsonrpc":"2.0","id":${String(id)},"res`)),
  ),
  "cuts its answers off": said(
    "does not answer",
    raw((response, id) => response.end(`{"jsonrpc":"2.0","id":${String(id)},"result":"0x7a`)),
  ),
  "answers with a flood": said(
    "too long",
    raw((response) => {
      const part = Buffer.alloc(4 * 1024 * 1024, 32);
      const pour = (): void => {
        if (!response.destroyed && response.write(part)) setImmediate(pour);
      };
      response.on("drain", pour);
      pour();
    }),
  ),
  "nests its answers without end": said(
    "",
    raw((response, id) =>
      response.end(`{"jsonrpc":"2.0","id":${String(id)},"result":${"[".repeat(200_000)}${"]".repeat(200_000)}}`),
    ),
  ),
  "answers another question": said(
    "does not answer",
    raw((response, id) => response.end(JSON.stringify({ jsonrpc: "2.0", id: id + 1, result: "0x7a69" }))),
  ),
  "answers twice": said("", (_, truth) => ({
    raw: (response, id) => {
      void honest(truth).then((told) => {
        response.end(
          JSON.stringify([
            { jsonrpc: "2.0", id, result: "0x0" },
            { jsonrpc: "2.0", id, ...told },
          ]),
        );
      });
    },
  })),
  "calls final what it does not have": said("", async (call, truth) => {
    if (call.method !== "eth_getBlockByNumber" || call.params[0] !== "finalized") return honest(truth);
    const head = (await truth("eth_getBlockByNumber", ["latest", false])) as Fields;
    return { result: { ...head, number: hex(Number(head["number"]) + 9) } };
  }),
  "calls everything final at once": said("", async (call, truth) =>
    call.method === "eth_getBlockByNumber" && call.params[0] === "finalized"
      ? { result: await truth("eth_getBlockByNumber", ["latest", false]) }
      : honest(truth),
  ),
};
