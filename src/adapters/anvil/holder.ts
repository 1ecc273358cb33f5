/** A holder on the demo's chain who sends tokens with a wallet of their own; no part of custody. */
import { Interface } from "ethers/abi";
import { JsonRpcProvider } from "ethers/providers";
import { Wallet } from "ethers/wallet";
import type { Address } from "../../values/address.ts";
import { parseUnits } from "../../values/amount.ts";
import * as bytes32 from "../../values/bytes32.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import type { Hex } from "../../values/hex.ts";

export type Move = {
  readonly token: Address;
  readonly holder: { readonly privateKey: Hex };
  readonly to: Address;
  readonly amount: string;
};

const erc20 = new Interface(["function transfer(address to, uint256 amount) returns (bool)"]);
const tries = 120;

/** Transfers whole units of an 18-decimals token and resolves when it is mined; receipts are polled, never waited for. */
export async function moveTokens(url: string, { token, holder, to, amount }: Move): Promise<Bytes32> {
  const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 200 });
  try {
    const wallet = new Wallet(holder.privateKey, provider);
    const data = erc20.encodeFunctionData("transfer", [to, parseUnits(amount, 18)]);
    const sent = await wallet.sendTransaction({ to: token, data });
    for (let i = 0; i < tries; i += 1) {
      const receipt = await provider.getTransactionReceipt(sent.hash);
      if (receipt?.status === 1) return bytes32.parse(sent.hash);
      if (receipt !== null) throw new Fault("anvil.transfer-failed", "the holder's transfer failed", "never");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Fault("anvil.transfer-unmined", "the holder's transfer was not mined", "safe");
  } finally {
    provider.destroy();
  }
}
