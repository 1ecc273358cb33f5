/** The chain as the service needs it: fees, broadcast, receipts. Nothing here is believed by the gate. */
import type { Address } from "../../values/address.ts";
import type { Amount } from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Hex } from "../../values/hex.ts";

export type Broadcast =
  | { readonly kind: "accepted" }
  /** The endpoint has these very bytes: success. */
  | { readonly kind: "already-known" }
  | {
      readonly kind: "rejected";
      readonly code: "nonce-too-low" | "underpriced" | "insufficient-funds" | "other";
      readonly why: string;
    }
  /** No answer, or one we do not understand: the same bytes go out again. */
  | { readonly kind: "unknown"; readonly why: string };

export type ChainReceipt = {
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly blockHash: Bytes32;
  readonly status: "success" | "reverted";
  readonly from: Address;
  readonly to: Address | null;
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Bytes32[]; readonly data: Hex }[];
};

export type Fees = { readonly baseFeePerGas: Amount; readonly priorityFeePerGas: Amount };

/** Every call is bounded in time and throws a `Fault` with retry safe when the endpoint does not answer, except `broadcast`, which answers `unknown`. */
export type ChainEndpoint = {
  readonly fees: () => Promise<Fees>;
  readonly broadcast: (raw: Hex) => Promise<Broadcast>;
  /** Undefined while the transaction is in no block of the endpoint's canonical chain. */
  readonly receipt: (txHash: Bytes32) => Promise<ChainReceipt | undefined>;
  /** Whether the endpoint has the transaction in its pool or chain. */
  readonly knows: (txHash: Bytes32) => Promise<boolean>;
  /** Heights of the head and of the newest finalized block (undefined where the chain has no such tag). */
  readonly heads: () => Promise<{ readonly head: number; readonly finalized: number | undefined }>;
  /** Hash of the canonical block at a height, undefined above the head. */
  readonly blockHash: (height: number) => Promise<Bytes32 | undefined>;
  readonly close: () => void;
};
