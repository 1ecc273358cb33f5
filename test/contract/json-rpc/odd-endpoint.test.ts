/** Endpoints that no test chain plays: another chain, refusals of every client, silence, a trickle, nonsense; and nothing of ours in a message. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { chainEndpoint } from "../../../src/adapters/json-rpc/chain-endpoint.ts";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect, type Connection } from "../../../src/adapters/json-rpc/connection.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import * as instant from "../../../src/values/instant.ts";
import { account } from "../../place/account.ts";
import { localChain } from "../../place/chain.ts";
import { mintOf } from "./signing.ts";

type Call = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
type Reply = { readonly result: unknown } | { readonly error: { readonly code: number; readonly message: string } };

const servers: Server[] = [];
const token = account("token").address;
const mint = mintOf({ token, minter: account("minter") }, 0);
const hash = keccak256(utf8("a block"));

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  timeoutMs = 1_000,
): Promise<Connection> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      handle(request, response, body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return connect({ url: `http://127.0.0.1:${String(port)}/v3/access-key-of-ours`, chainId: localChain, timeoutMs });
}

/** An endpoint on the right chain that answers each method as told, and `null` otherwise. */
function node(replies: Readonly<Record<string, Reply | ((params: readonly unknown[]) => Reply)>>): Promise<Connection> {
  return serve((_, response, body) => {
    const { id, method, params } = JSON.parse(body) as Call;
    const told = replies[method] ?? (method === "eth_chainId" ? { result: "0x7a69" } : { result: null });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, ...(typeof told === "function" ? told(params) : told) }));
  });
}

const refused = (message: string, code = -32_000): Reply => ({ error: { code, message } });

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.closeAllConnections();
          server.close(() => {
            resolve();
          });
        }),
    ),
  );
});

describe("an endpoint on another chain", () => {
  it("is a fault for ever, and gets no transaction", async () => {
    const connection = await node({ eth_chainId: { result: "0x1" }, eth_sendRawTransaction: { result: mint.hash } });
    await expect(connection.verify()).rejects.toMatchObject({
      code: "chain.wrong-chain",
      retry: "never",
      message: "the endpoint of chain 31337 says it is chain `1`",
    });
    expect(await chainEndpoint(connection).broadcast(mint.raw)).toMatchObject({ kind: "unknown" });
    await expect(chainReader(connection).head()).rejects.toMatchObject({ code: "chain.wrong-chain" });
  });
});

describe("a refused broadcast", () => {
  it.each([
    ["geth", "already known", { kind: "already-known" }],
    ["Nethermind", "AlreadyKnown", { kind: "already-known" }],
    ["Besu", "Known transaction", { kind: "already-known" }],
    ["anvil", "transaction already imported", { kind: "already-known" }],
    ["geth", "nonce too low: next nonce 5, tx nonce 4", { kind: "rejected", code: "nonce-too-low" }],
    ["Nethermind", "OldNonce, Current nonce: 5, nonce of rejected tx: 4", { kind: "rejected", code: "nonce-too-low" }],
    ["Besu", "Nonce too low", { kind: "rejected", code: "nonce-too-low" }],
    ["geth", "replacement transaction underpriced", { kind: "rejected", code: "underpriced" }],
    [
      "geth",
      "max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1",
      { kind: "rejected", code: "underpriced" },
    ],
    ["Nethermind", "FeeTooLowToCompete", { kind: "rejected", code: "underpriced" }],
    ["Nethermind", "ReplacementNotAllowed", { kind: "rejected", code: "underpriced" }],
    ["Besu", "Transaction gas price below configured minimum gas price", { kind: "rejected", code: "underpriced" }],
    ["geth", "insufficient funds for gas * price + value: balance 0", { kind: "rejected", code: "insufficient-funds" }],
    ["Besu", "Upfront cost exceeds account balance", { kind: "rejected", code: "insufficient-funds" }],
    ["geth", "intrinsic gas too low", { kind: "rejected", code: "other" }],
    ["anything", "sender is an account with a mood", { kind: "rejected", code: "other" }],
  ])("by %s, `%s`", async (_, message, expected) => {
    const endpoint = chainEndpoint(await node({ eth_sendRawTransaction: refused(message) }));
    expect(await endpoint.broadcast(mint.raw)).toMatchObject(expected);
  });

  it.each([
    [-32_603, "internal error"],
    [-32_005, "daily request count exceeded"],
    [-32_002, "resource unavailable"],
  ])("with code %i is unknown: the bytes go out again", async (code, message) => {
    const endpoint = chainEndpoint(await node({ eth_sendRawTransaction: refused(message, code) }));
    expect(await endpoint.broadcast(mint.raw)).toMatchObject({ kind: "unknown" });
  });

  it("for a used nonce is a success when the endpoint has these very bytes", async () => {
    const known = { result: { hash: mint.hash, nonce: "0x0", blockHash: hash } };
    const endpoint = chainEndpoint(
      await node({ eth_sendRawTransaction: refused("nonce too low"), eth_getTransactionByHash: known }),
    );
    expect(await endpoint.broadcast(mint.raw)).toEqual({ kind: "already-known" });
  });

  it("repeats neither the transaction nor the address of the endpoint", async () => {
    const told = `cannot take ${mint.raw} from ${mint.raw.slice(2)}`;
    const endpoint = chainEndpoint(await node({ eth_sendRawTransaction: refused(told) }));
    expect(await endpoint.broadcast(mint.raw)).toEqual({
      kind: "rejected",
      code: "other",
      why: "the endpoint says: cannot take (bytes) from (bytes)",
    });
  });

  it("is unknown when the endpoint names another transaction", async () => {
    const endpoint = chainEndpoint(await node({ eth_sendRawTransaction: { result: hash } }));
    expect(await endpoint.broadcast(mint.raw)).toMatchObject({ kind: "unknown" });
  });
});

describe("an endpoint that does not answer properly", () => {
  const oddities: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ["says 500", (response) => response.writeHead(500).end(mint.raw)],
    ["says 429", (response) => response.writeHead(429).end("slow down")],
    ["speaks HTML", (response) => response.end("<html>")],
    ["speaks JSON of another kind", (response) => response.end('{"hello":"world"}')],
    ["says nothing", () => undefined],
    ["hangs up", (response) => response.destroy()],
    [
      "trickles",
      (response) => {
        response.write("{");
        const timer = setInterval(() => response.write(" "), 50);
        response.on("close", () => {
          clearInterval(timer);
        });
      },
    ],
  ];

  it.each(oddities)("leaves a broadcast unknown in bounded time: it %s", async (_, odd) => {
    const connection = await serve((__, response, body) => {
      const { id, method } = JSON.parse(body) as Call;
      if (method === "eth_chainId") response.end(JSON.stringify({ jsonrpc: "2.0", id, result: "0x7a69" }));
      else odd(response);
    }, 400);
    const begin = Date.now();
    const answer = await chainEndpoint(connection).broadcast(mint.raw);
    expect(Date.now() - begin).toBeLessThan(3_000);
    expect(answer.kind).toBe("unknown");
    expect(JSON.stringify(answer)).not.toMatch(/[0-9a-f]{65}|access-key|127\.0\.0\.1/);
    await expect(chainReader(connection).head()).rejects.toSatisfy((error: unknown) => {
      const fault = error as Error & { retry: string };
      expect(fault.retry).toBe("safe");
      expect(`${fault.message} ${String(fault.stack)} ${String(fault.cause)}`).not.toMatch(/access-key|127\.0\.0\.1/);
      return true;
    });
  });
});

describe("an answer that cannot be right", () => {
  const block = { number: 7, hash, time: instant.parse(1_700_000_000) };
  const asBlock = { number: "0x7", hash, timestamp: "0x6553f100" };

  it("is a fault: a block of another height, a receipt of another transaction, a number that is none", async () => {
    const reader = chainReader(await node({ eth_getBlockByNumber: { result: asBlock } }));
    await expect(reader.blockAt(8)).rejects.toMatchObject({ code: "chain.malformed-answer" });
    const other = {
      ...asBlock,
      transactionHash: hash,
      blockNumber: "0x7",
      blockHash: hash,
      status: "0x1",
      from: token,
      to: token,
      logs: [],
    };
    const lying = chainEndpoint(await node({ eth_getTransactionReceipt: { result: other } }));
    await expect(lying.receipt(mint.hash)).rejects.toMatchObject({ code: "chain.malformed-answer" });
    for (const timestamp of ["7", "0x", "0xzz", 7, "0xffffffffffffffff"]) {
      const odd = chainReader(await node({ eth_getBlockByNumber: { result: { ...asBlock, timestamp } } }));
      await expect(odd.head()).rejects.toMatchObject({ code: "chain.malformed-answer" });
    }
  });

  it("is a fault: a pause that is neither yes nor no, an implementation that is no address", async () => {
    const word = `0x${"02".padStart(64, "0")}`;
    const odd = chainReader(await node({ eth_call: { result: word }, eth_getStorageAt: { result: hash } }));
    await expect(odd.paused({ address: token, standard: "role-erc20" }, block)).rejects.toMatchObject({
      code: "chain.malformed-answer",
    });
    await expect(odd.implementation(token, block, "role-erc20")).rejects.toMatchObject({
      code: "chain.malformed-answer",
    });
  });

  it("is no receipt when its block is not the canonical one", async () => {
    const receipt = {
      transactionHash: mint.hash,
      blockNumber: "0x7",
      blockHash: keccak256(utf8("lost")),
      status: "0x1",
      from: token,
      to: token,
      logs: [],
    };
    const endpoint = chainEndpoint(
      await node({ eth_getTransactionReceipt: { result: receipt }, eth_getBlockByNumber: { result: asBlock } }),
    );
    expect(await endpoint.receipt(mint.hash)).toBeUndefined();
  });
});

describe("an endpoint without the newer calls", () => {
  const asBlock = { number: "0x7", hash, timestamp: "0x6553f100" };
  const block = { number: 7, hash, time: instant.parse(1_700_000_000) };

  it("has no finalized block when it refuses the tag or finds none", async () => {
    const tags = (reply: Reply) => (params: readonly unknown[]) =>
      params[0] === "finalized" ? reply : { result: asBlock };
    for (const reply of [refused("finalized block not found", -39_001), { result: null }]) {
      const endpoint = chainEndpoint(await node({ eth_getBlockByNumber: tags(reply) }));
      expect(await endpoint.heads()).toEqual({ head: 7, finalized: undefined });
    }
  });

  it("is asked by number where it does not know hashes, and believed only if that block is still the same", async () => {
    const byNumberOnly = (params: readonly unknown[]): Reply =>
      params.at(-1) === "0x7" ? { result: "0x5" } : refused("invalid argument", -32_602);
    const steady = chainReader(
      await node({ eth_getTransactionCount: byNumberOnly, eth_getBlockByNumber: { result: asBlock } }),
    );
    expect(await steady.nonce(token, block)).toBe(5);
    const moved = { result: { ...asBlock, hash: keccak256(utf8("another")) } };
    const replaced = chainReader(await node({ eth_getTransactionCount: byNumberOnly, eth_getBlockByNumber: moved }));
    await expect(replaced.nonce(token, block)).rejects.toMatchObject({ code: "chain.block-replaced", retry: "safe" });
  });

  it("gives the middle of the last tips where it suggests none", async () => {
    const history = { result: { baseFeePerGas: ["0x64", "0x78"], reward: [["0x1"], ["0x9"], ["0x5"]] } };
    const endpoint = chainEndpoint(
      await node({ eth_feeHistory: history, eth_maxPriorityFeePerGas: refused("no such method", -32_601) }),
    );
    expect(await endpoint.fees()).toEqual({ baseFeePerGas: 120n, priorityFeePerGas: 5n });
  });

  it("may write addresses with capitals", async () => {
    const word = address.checksum(token);
    const receipt = {
      transactionHash: mint.hash,
      blockNumber: "0x7",
      blockHash: hash,
      status: "0x1",
      from: word,
      to: null,
      logs: [{ address: word, topics: [], data: "0x" }],
    };
    const endpoint = chainEndpoint(
      await node({ eth_getTransactionReceipt: { result: receipt }, eth_getBlockByNumber: { result: asBlock } }),
    );
    expect(await endpoint.receipt(mint.hash)).toMatchObject({ from: token, to: null, logs: [{ address: token }] });
  });
});

describe("who held a token", () => {
  const block = { number: 9, hash, time: instant.parse(1_800_000_000) };
  const word = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;
  const topic = keccak256(utf8("Transfer(address,address,uint256)"));
  const holder = account("holder").address;
  const event = (blockNumber: number): object => ({
    address: token,
    topics: [topic, word(0n), word(BigInt(holder))],
    data: word(5n),
    transactionHash: hash,
    blockNumber: `0x${blockNumber.toString(16)}`,
  });
  const balances =
    (held: bigint, supply: bigint) =>
    ([call]: readonly unknown[]): Reply => {
      const isSupply = (call as { data: string }).data === keccak256(utf8("totalSupply()")).slice(0, 10);
      return { result: word(isSupply ? supply : held) };
    };
  const bounds = ([filter]: readonly unknown[]): readonly [number, number] => {
    const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
    return [Number(fromBlock), Number(toBlock)];
  };

  it("is read in spans as long as the endpoint answers, and half as long where it does not", async () => {
    const asked: string[] = [];
    const connection = await node({
      eth_getLogs: (params) => {
        const [from, to] = bounds(params);
        asked.push(`${String(from)}-${String(to)}`);
        if (to - from >= 4) return refused("more than 10000 results");
        return { result: from <= 7 && 7 <= to ? [event(7)] : [] };
      },
      eth_call: balances(5n, 5n),
    });
    expect(await chainReader(connection).holders(token, block)).toEqual([{ address: holder, balance: 5n }]);
    expect(asked[0]).toBe("0-9");
    expect(asked.at(-1)?.endsWith("-9")).toBe(true);
    connection.close();
  });

  it("is nobody's to say when those who ever got some do not hold the whole supply", async () => {
    const connection = await node({ eth_getLogs: { result: [event(7)] }, eth_call: balances(5n, 6n) });
    await expect(chainReader(connection).holders(token, block)).rejects.toMatchObject({ code: "chain.holders" });
    connection.close();
  });

  it("is a fault when not even one block is answered, not an endless asking", async () => {
    let calls = 0;
    const connection = await node({
      eth_getLogs: () => {
        calls += 1;
        return refused("no");
      },
    });
    await expect(chainReader(connection).holders(token, block)).rejects.toMatchObject({ code: "chain.no-answer" });
    expect(calls).toBeLessThan(10);
    connection.close();
  });
});
