/** Signed transactions of test accounts, for the tests that speak to a chain. */
import { Wallet } from "ethers";
import { gasBounds } from "../../../src/chain/gas.ts";
import { attach, digest, type Signed } from "../../../src/chain/transaction.ts";
import * as calldata from "../../../src/intent/calldata.ts";
import type { Unsigned } from "../../../src/log/entry.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import { type Account } from "../../place/account.ts";
import { localChain, type Chain } from "../../place/chain.ts";

const wei = (value: bigint): amount.Amount => amount.fromBigInt(value);

export function sign(account: Account, transaction: Unsigned): Signed {
  const { r, s, yParity } = new Wallet(account.privateKey).signingKey.sign(digest(transaction));
  return attach(transaction, { r: bytes32.parse(r), s: bytes32.parse(s), yParity });
}

export function mintOf(chain: Pick<Chain, "token" | "minter">, nonce: number, changes: Partial<Unsigned> = {}): Signed {
  const to = address.parse(`0x${"77".repeat(20)}`);
  return sign(chain.minter, {
    chainId: localChain,
    nonce,
    to: chain.token,
    value: amount.zero,
    data: calldata.encode({ kind: "mint", to, amount: wei(1_000n) }, "role-erc20"),
    gasLimit: gasBounds("role-erc20", "mint")!.usual,
    maxFeePerGas: wei(20_000_000_000n),
    maxPriorityFeePerGas: wei(1_000_000_000n),
    ...changes,
  });
}
