/** How far a mined transaction is from being final: by the chain's `finalized` tag, or by a number of blocks on top. */
import type { Chain } from "../genesis/genesis.ts";
import type { Bytes32 } from "../values/bytes32.ts";

export type Finality = Chain["finality"];

/** Heights an endpoint names; `finalized` is undefined where the chain has no such tag. */
export type Heads = { readonly head: number; readonly finalized: number | undefined };

export type Standing =
  /** Another block, or none, stands at that height now: the transaction is pending again, and its bytes go out again. */
  | { readonly kind: "orphaned" }
  /** `onTop` blocks stand above it; that many may still be undone. */
  | { readonly kind: "mined"; readonly onTop: number }
  | { readonly kind: "final" };

export type Mined = { readonly blockNumber: number; readonly blockHash: Bytes32 };

/** The newest height that is final, undefined while there is none. A missing tag is never replaced by a depth nobody agreed to. */
export function finalHeight(finality: Finality, heads: Heads): number | undefined {
  switch (finality.kind) {
    // An endpoint that calls final what it does not have yet contradicts itself.
    case "tag":
      return heads.finalized !== undefined && heads.finalized > heads.head ? undefined : heads.finalized;
    case "depth":
      return heads.head < finality.blocks ? undefined : heads.head - finality.blocks;
  }
}

/** `canonicalHash` is the block the endpoint has at the receipt's height now. */
export function standing(mined: Mined, canonicalHash: Bytes32 | undefined, finality: Finality, heads: Heads): Standing {
  if (canonicalHash !== mined.blockHash || heads.head < mined.blockNumber) return { kind: "orphaned" };
  const final = finalHeight(finality, heads);
  if (final !== undefined && mined.blockNumber <= final) return { kind: "final" };
  return { kind: "mined", onTop: heads.head - mined.blockNumber };
}
