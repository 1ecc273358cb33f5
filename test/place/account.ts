/** Accounts whose keys the test holds, on test chains only. */
import { computeAddress } from "ethers/transaction";
import * as address from "../../src/values/address.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";

export type Account = { readonly privateKey: `0x${string}`; readonly address: address.Address };

/** The same words give the same key. */
export function account(words: string): Account {
  const privateKey = keccak256(utf8(`test account: ${words}`));
  return { privateKey, address: address.parse(computeAddress(privateKey)) };
}
