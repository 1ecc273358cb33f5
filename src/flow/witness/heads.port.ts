/** What a witness remembers: of each log the largest tree it cosigned. */
import type { Bytes32 } from "../../values/bytes32.ts";

/** `checkpoint` carries the log's signature and our cosignature. */
export type Head = { readonly size: number; readonly root: Bytes32; readonly checkpoint: string };

export type Heads = {
  /** The last one kept, by the log's origin. */
  readonly head: (origin: string) => Head | undefined;
  /**
   * Puts `next` in the place of the head of `size` leaves (0 when none was kept), in one step. True when it is on disk; false, and nothing
   * changed, when another size is kept by now or `next` is smaller. Throws `Fault` `witness.store` when the disk refuses.
   */
  readonly replace: (origin: string, size: number, next: Head) => boolean;
  readonly close: () => void;
};
