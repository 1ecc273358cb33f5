/** A transaction that changed a token of ours and that the gate did not sign: why an asset is frozen, in words that are read again. */
import type { Address } from "../values/address.ts";
import * as address from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as bytes32 from "../values/bytes32.ts";

export type Stranger = {
  readonly txHash: Bytes32;
  readonly chainId: number;
  readonly token: Address;
  readonly block: number;
  /** `a mint`, or several things with `and` between; all that there are at once too. */
  readonly what: string;
};

/** The reason of the freeze; one for each transaction and token. */
export function strangerText({ txHash, chainId, token, block, what }: Stranger): string {
  return `transaction ${txHash} in block ${block} of chain ${chainId} made ${what} of token ${token}, and this gate signed no such transaction`;
}

const form =
  /^transaction (0x[0-9a-f]{64}) in block ([0-9]{1,15}) of chain ([0-9]{1,15}) made ([a-z' ]{1,500}) of token (0x[0-9a-f]{40}), and this gate signed no such transaction$/;

/** The exact inverse; undefined for any other reason. */
export function readStranger(reason: string): Stranger | undefined {
  const [, txHash = "", block = "", chainId = "", what = "", token = ""] = form.exec(reason) ?? [];
  if (!bytes32.is(txHash)) return undefined;
  const read = { txHash, block: Number(block), chainId: Number(chainId), what, token: address.parse(token) };
  return strangerText(read) === reason ? read : undefined;
}
