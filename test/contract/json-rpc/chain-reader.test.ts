/** The observer's port over a real node: every value as of the block that was named, and not as of a later one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chainEndpoint } from "../../../src/adapters/json-rpc/chain-endpoint.ts";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { ChainEndpoint } from "../../../src/flow/serve/chain.port.ts";
import type { Block, ChainReader, WatchedToken } from "../../../src/flow/observe/chain-reader.port.ts";
import * as calldata from "../../../src/intent/calldata.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256 } from "../../../src/values/digest.ts";
import * as hex from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { localChain, startChain, type Chain } from "../../place/chain.ts";
import { mintOf } from "./signing.ts";

let chain: Chain;
let reader: ChainReader;
let endpoint: ChainEndpoint;
const blocks: Block[] = [];
const plain = (of: address.Address): WatchedToken => ({ address: of, standard: "role-erc20" });
const mint = (): ReturnType<typeof mintOf> => mintOf(chain, 0);

beforeAll(async () => {
  chain = await startChain("manual");
  reader = chainReader(connect({ url: chain.url, chainId: localChain }));
  endpoint = chainEndpoint(connect({ url: chain.url, chainId: localChain }));
  blocks.push(await reader.head());
  await endpoint.broadcast(mint().raw);
  await chain.mine(1);
  blocks.push(await reader.head());
  const pause = mintOf(chain, 1, { data: calldata.encode({ kind: "pause" }, "role-erc20") });
  await endpoint.broadcast(pause.raw);
  await chain.mine(1);
  blocks.push(await reader.head());
  await chain.mine(2);
});

afterAll(async () => {
  reader.close();
  endpoint.close();
  await chain.stop();
});

describe("what an observer reads", () => {
  it.each([
    [0, { supply: 0n, paused: false, nonce: 0 }],
    [1, { supply: 1_000n, paused: false, nonce: 1 }],
    [2, { supply: 1_000n, paused: true, nonce: 2 }],
  ] as const)("is as of the block it names: %i", async (index, expected) => {
    const block = blocks[index]!;
    expect(await reader.totalSupply(plain(chain.token), block)).toBe(expected.supply);
    expect(await reader.paused(plain(chain.token), block)).toBe(expected.paused);
    expect(await reader.nonce(chain.minter.address, block)).toBe(expected.nonce);
  });

  it("hashes the code that runs", async () => {
    const code = (await chain.rpc("eth_getCode", chain.token, "latest")) as hex.Hex;
    expect(await reader.codeHash(chain.token, blocks[1]!)).toBe(keccak256(hex.toBytes(code)));
  });

  it("finds the implementation behind an ERC-1967 proxy, and none in the token itself", async () => {
    expect(await reader.implementation(chain.token, blocks[1]!, "role-erc20")).toBe(address.zero);
    const proxy = account("proxy").address;
    const slot = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
    await chain.rpc("anvil_setStorageAt", proxy, slot, `0x${chain.token.slice(2).padStart(64, "0")}`);
    await chain.mine(1);
    expect(await reader.implementation(proxy, await reader.head(), "role-erc20")).toBe(chain.token);
  });

  it("says what became of a transaction, with its nonce, as one text", async () => {
    const { hash } = mint();
    const receipt = await reader.receipt(hash);
    expect(receipt).toMatchObject({
      txHash: hash,
      status: "success",
      nonce: 0,
      from: chain.minter.address,
      blockNumber: blocks[1]!.number,
    });
    expect(JSON.parse(outcomeText(receipt!))).toMatchObject({ status: "success", nonce: 0, to: chain.token });
    expect(await reader.receipt(mintOf(chain, 9).hash)).toBeUndefined();
  });

  it("names everybody who held some at the end of a block, and nobody before they did", async () => {
    const holder = { address: address.parse(`0x${"77".repeat(20)}`), balance: 1_000n };
    expect(await reader.holders(chain.token, blocks[0]!)).toEqual([]);
    expect(await reader.holders(chain.token, blocks[1]!)).toEqual([holder]);
    expect(await reader.holders(chain.token, blocks[2]!)).toEqual([holder]);
  });

  it("names blocks by height with the chain's own time, and none above the head", async () => {
    expect(await reader.blockAt(blocks[1]!.number)).toEqual(blocks[1]);
    expect(blocks[1]!.time).toBeGreaterThan(1_700_000_000);
    expect(await reader.blockAt(1_000_000)).toBeUndefined();
    const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
    expect(finalized!.number).toBeLessThan(head.number);
  });

  it("is a fault, not a zero, for a contract that is not there", async () => {
    const nobody = account("nobody").address;
    await expect(reader.totalSupply(plain(nobody), blocks[1]!)).rejects.toMatchObject({
      code: "chain.malformed-answer",
    });
    await expect(reader.paused(plain(nobody), blocks[1]!)).rejects.toMatchObject({ code: "chain.malformed-answer" });
  });

  it("is a fault for a block that was replaced, never the new block's value", async () => {
    const before = await chain.rpc("evm_snapshot");
    await chain.mine(1);
    const lost = await reader.head();
    await chain.rpc("evm_revert", before);
    await chain.rpc("evm_increaseTime", 7);
    await chain.mine(1);
    expect((await reader.blockAt(lost.number))?.hash).not.toBe(lost.hash);
    await expect(reader.totalSupply(plain(chain.token), lost)).rejects.toMatchObject({ name: "Fault", retry: "safe" });
  });
});
