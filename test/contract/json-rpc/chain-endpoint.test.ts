/** The service's port over a real node: what is broadcast, what is refused and in which words, what a receipt says, what a reorganisation does. */
import { Wallet } from "ethers";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from "vitest";
import { chainEndpoint } from "../../../src/adapters/json-rpc/chain-endpoint.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import { bump, propose } from "../../../src/chain/fees.ts";
import { standing } from "../../../src/chain/finality.ts";
import { gasBounds } from "../../../src/chain/gas.ts";
import { compare } from "../../../src/chain/outcome.ts";
import type { Signed } from "../../../src/chain/transaction.ts";
import type { ChainEndpoint, ChainReceipt } from "../../../src/flow/serve/chain.port.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as hex from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { localChain, startChain, type Chain } from "../../place/chain.ts";
import { mintOf, sign } from "./signing.ts";

const wei = (value: bigint): amount.Amount => amount.fromBigInt(value);
const ceiling = wei(10n ** 17n);
let chain: Chain;
let endpoint: ChainEndpoint;
let snapshot: unknown;

beforeAll(async () => {
  chain = await startChain("manual");
  endpoint = chainEndpoint(connect({ url: chain.url, chainId: localChain }));
});

beforeEach(async () => {
  snapshot = await chain.rpc("evm_snapshot");
});

afterEach(async () => {
  await chain.rpc("evm_revert", snapshot);
  await chain.rpc("anvil_dropAllTransactions");
});

afterAll(async () => {
  endpoint.close();
  await chain.stop();
});

async function mined(transaction: Signed): Promise<ChainReceipt> {
  expect(await endpoint.broadcast(transaction.raw)).toEqual({ kind: "accepted" });
  await chain.mine(1);
  const receipt = await endpoint.receipt(transaction.hash);
  if (receipt === undefined) throw new Error("not mined");
  return receipt;
}

describe("a broadcast", () => {
  it("is accepted, then already known while it waits, and still once it is mined", async () => {
    const transaction = mintOf(chain, 0);
    expect(await endpoint.knows(transaction.hash)).toBe(false);
    expect(await endpoint.broadcast(transaction.raw)).toEqual({ kind: "accepted" });
    expect(await endpoint.knows(transaction.hash)).toBe(true);
    expect(await endpoint.broadcast(transaction.raw)).toEqual({ kind: "already-known" });
    expect(await endpoint.receipt(transaction.hash)).toBeUndefined();
    await chain.mine(1);
    expect(await endpoint.broadcast(transaction.raw)).toEqual({ kind: "already-known" });
  });

  it("of other bytes on a used nonce is refused as too low", async () => {
    await mined(mintOf(chain, 0));
    const other = mintOf(chain, 0, { maxPriorityFeePerGas: wei(2_000_000_000n) });
    expect(await endpoint.broadcast(other.raw)).toMatchObject({ kind: "rejected", code: "nonce-too-low" });
    expect(await endpoint.knows(other.hash)).toBe(false);
  });

  it("is refused where the account cannot pay", async () => {
    const poor = account("an account without ether");
    const transaction = sign(poor, { ...mintOf(chain, 0).transaction });
    expect(await endpoint.broadcast(transaction.raw)).toMatchObject({ kind: "rejected", code: "insufficient-funds" });
  });

  it("is refused as underpriced when it is cheaper than what waits, and accepted with the fees of a bump", async () => {
    const first = mintOf(chain, 0);
    await endpoint.broadcast(first.raw);
    const cheaper = mintOf(chain, 0, { maxFeePerGas: wei(first.transaction.maxFeePerGas - 1n) });
    expect(await endpoint.broadcast(cheaper.raw)).toMatchObject({ kind: "rejected", code: "underpriced" });
    const next = bump(first.transaction, await endpoint.fees(), ceiling);
    if (next.kind !== "proposed") throw new Error(next.kind);
    const replacement = mintOf(chain, 0, next.fees);
    expect(await endpoint.broadcast(replacement.raw)).toEqual({ kind: "accepted" });
    await chain.mine(1);
    expect(await endpoint.receipt(replacement.hash)).toMatchObject({ status: "success" });
    expect(await endpoint.receipt(first.hash)).toBeUndefined();
  });

  it("of noise is refused without repeating it", async () => {
    const noise = hex.parse(mintOf(chain, 0).raw.slice(0, -4));
    const answer = await endpoint.broadcast(noise);
    expect(answer).toMatchObject({ kind: "rejected", code: "other" });
    expect(JSON.stringify(answer)).not.toContain(noise.slice(2, 100));
  });
});

describe("a receipt", () => {
  it("shows the event that was approved", async () => {
    const transaction = mintOf(chain, 0);
    const receipt = await mined(transaction);
    expect(receipt).toMatchObject({
      txHash: transaction.hash,
      status: "success",
      from: chain.minter.address,
      to: chain.token,
    });
    const to = address.parse(`0x${"77".repeat(20)}`);
    const approved = { operation: "mint", account: chain.minter.address, to, amount: wei(1_000n) } as const;
    expect(compare(receipt, approved, chain.token)).toEqual({ kind: "as-approved" });
    expect(compare(receipt, { ...approved, amount: wei(1_001n) }, chain.token)).toMatchObject({
      kind: "mismatch",
      field: "amount",
    });
  });

  it("of a reverted transaction says reverted, with no event", async () => {
    const stranger = account("without a role");
    await chain.rpc("anvil_setBalance", stranger.address, "0xde0b6b3a7640000");
    const receipt = await mined(sign(stranger, mintOf(chain, 0).transaction));
    expect(receipt).toMatchObject({ status: "reverted", logs: [] });
  });

  it("is gone when a reorganisation took its block, and the bytes are taken again", async () => {
    const transaction = mintOf(chain, 0);
    await chain.mine(1);
    const before = await chain.rpc("evm_snapshot");
    const receipt = await mined(transaction);
    const finality = { kind: "depth", blocks: 2 } as const;
    const now = async () =>
      standing(receipt, await endpoint.blockHash(receipt.blockNumber), finality, await endpoint.heads());
    expect(await now()).toEqual({ kind: "mined", onTop: 0 });
    await chain.rpc("evm_revert", before);
    expect(await now()).toEqual({ kind: "orphaned" });
    await chain.rpc("evm_increaseTime", 5);
    await chain.mine(3);
    expect(await now()).toEqual({ kind: "orphaned" });
    expect(await endpoint.receipt(transaction.hash)).toBeUndefined();
    expect(await mined(transaction)).toMatchObject({ status: "success" });
  });

  it("stands in another block after the node reorganised by itself", async () => {
    const transaction = mintOf(chain, 0);
    const receipt = await mined(transaction);
    await chain.mine(1);
    await chain.rpc("anvil_reorg", 2, []);
    const canonical = await endpoint.blockHash(receipt.blockNumber);
    expect(canonical).not.toBe(receipt.blockHash);
    expect(standing(receipt, canonical, { kind: "tag" }, await endpoint.heads())).toEqual({ kind: "orphaned" });
    expect(await endpoint.receipt(transaction.hash)).toBeUndefined();
  });
});

describe("heads", () => {
  it("move with the blocks, finality behind the head", async () => {
    const receipt = await mined(mintOf(chain, 0));
    const canonical = await endpoint.blockHash(receipt.blockNumber);
    const seen: string[] = [];
    for (let block = 0; block < 4; block += 1) {
      seen.push(standing(receipt, canonical, { kind: "tag" }, await endpoint.heads()).kind);
      await chain.mine(1);
    }
    expect(seen[0]).toBe("mined");
    expect(seen.at(-1)).toBe("final");
    expect(await endpoint.blockHash(1_000_000)).toBeUndefined();
  });
});

describe("suggested fees", () => {
  it("make a proposal that the next block takes", async () => {
    const proposal = propose(await endpoint.fees(), gasBounds("role-erc20", "mint")!.usual, ceiling);
    if (proposal.kind !== "proposed") throw new Error(proposal.kind);
    expect(await mined(mintOf(chain, 0, proposal.fees))).toMatchObject({ status: "success" });
  });

  it("name the base fee of the block to come", async () => {
    await chain.rpc("anvil_setNextBlockBaseFeePerGas", "0x174876e800");
    await chain.mine(1);
    const { baseFeePerGas } = await endpoint.fees();
    expect(baseFeePerGas).toBeGreaterThan(80_000_000_000n);
    expect(baseFeePerGas).toBeLessThan(100_000_000_000n);
  });
});

describe("an endpoint that is gone", () => {
  it("leaves a broadcast unknown, and every question a fault that may be asked again", async () => {
    const other = await startChain("manual");
    const gone = chainEndpoint(connect({ url: other.url, chainId: localChain, timeoutMs: 2_000 }));
    await gone.heads();
    await other.stop();
    const transaction = mintOf(other, 0);
    const answer = await gone.broadcast(transaction.raw);
    expect(answer).toMatchObject({ kind: "unknown" });
    expect(JSON.stringify(answer)).not.toMatch(/[0-9a-f]{65}|127\.0\.0\.1/);
    for (const question of [
      gone.heads(),
      gone.fees(),
      gone.receipt(transaction.hash),
      gone.knows(transaction.hash),
      gone.blockHash(1),
    ]) {
      await expect(question).rejects.toMatchObject({ name: "Fault", code: "chain.no-answer", retry: "safe" });
    }
    gone.close();
  });
});

it("signs in these tests with the key of the account they name", () => {
  expect(new Wallet(chain.minter.privateKey).address.toLowerCase()).toBe(chain.minter.address);
});
