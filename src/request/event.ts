/** What can happen to a request: past participles, each with what was learned. */
import type { Decision } from "../policy/decision.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Hex } from "../values/hex.ts";

export type Event =
  /** The policy wants something that time or people can give. */
  | { readonly kind: "held"; readonly decision: Decision | null; readonly why: string }
  /** The gate would sign it now. */
  | { readonly kind: "cleared"; readonly decision: Decision }
  /** It has its nonce, for ever. */
  | { readonly kind: "allocated"; readonly nonce: number | null; readonly decision: Decision | null }
  /** A token or a person was asked to sign; `on` says whom or what. */
  | { readonly kind: "permitted"; readonly on: string }
  | { readonly kind: "signed"; readonly nonce: number; readonly raw: Hex; readonly txHash: Bytes32 }
  /** A dearer transaction for the same intent on the same nonce was signed; either may be mined. */
  | { readonly kind: "replaced"; readonly raw: Hex; readonly txHash: Bytes32 }
  /** Somebody cancels what is signed: the gate is asked whether its quorum is complete. */
  | { readonly kind: "contested" }
  /** Its quorum cancelled it: a dearer transaction that does nothing was signed on the same nonce; either may be mined. */
  | { readonly kind: "overruled"; readonly raw: Hex; readonly txHash: Bytes32 }
  /** Enough observers saw that one in a final block. */
  | ({ readonly kind: "annulled" } & Settled)
  | { readonly kind: "broadcast"; readonly answer: "accepted" | "already-known" }
  /** No endpoint has it any more: the same bytes go out again. */
  | { readonly kind: "dropped" }
  /** `txHash` is the one of its transactions that is in the block. */
  | { readonly kind: "mined"; readonly txHash: Bytes32; readonly blockNumber: number; readonly blockHash: Bytes32 }
  /** Its block is no longer on the chain. */
  | { readonly kind: "orphaned"; readonly blockNumber: number }
  /** Enough observers saw it in a block that the chain will not undo, and it did what was approved. */
  | ({ readonly kind: "finalized" } & Settled)
  /** As they saw it, it did nothing. */
  | ({ readonly kind: "reverted" } & Settled)
  /** As they saw it, it did something else. */
  | ({ readonly kind: "mismatched" } & Settled)
  | { readonly kind: "refused"; readonly code: string; readonly why: string; readonly decision: Decision | null }
  | { readonly kind: "rejected"; readonly why: string }
  | { readonly kind: "vetoed"; readonly why: string }
  | { readonly kind: "expired"; readonly why: string }
  | { readonly kind: "cancelled"; readonly why: string }
  /** Something that only a person can judge. */
  | { readonly kind: "escalated"; readonly why: string }
  /** Nothing was learned; the same duty is tried again later. */
  | { readonly kind: "postponed"; readonly why: string }
  /** Somebody said something about it: its duty is tried at once. */
  | { readonly kind: "woken" };

/** What the gate's log says of a transaction: which one, in which block. */
type Settled = { readonly txHash: Bytes32; readonly blockNumber: number };

export type EventKind = Event["kind"];
