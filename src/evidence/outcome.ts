/** What became of a transaction, as one canonical text that observers sign and the gate compares with the intent. */
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Hex } from "../values/hex.ts";
import { canonical } from "../values/json.ts";

export type SeenReceipt = {
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly blockHash: Bytes32;
  readonly status: "success" | "reverted";
  readonly from: Address;
  readonly nonce: number;
  readonly to: Address | null;
  readonly logs: readonly SeenLog[];
};

export type SeenLog = { readonly address: Address; readonly topics: readonly Bytes32[]; readonly data: Hex };

/** Value of the fact `outcome` of `tx:<hash>`: status, sender, nonce, target and all logs, in canonical JSON; logs of over 1,500 characters are named by count only and match no intent. */
export function outcomeText(receipt: SeenReceipt): string {
  const logs = receipt.logs.map((log) => ({ address: log.address, topics: log.topics, data: log.data }));
  const whole = { status: receipt.status, from: receipt.from, nonce: receipt.nonce, to: receipt.to, block: receipt.blockNumber, logs };
  const text = canonical(whole);
  return text.length <= 1_900 ? text : canonical({ ...whole, logs: `${String(logs.length)} logs` });
}
