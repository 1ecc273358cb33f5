/** A witness as serve reaches it: it is handed a checkpoint with a proof, and answers with lines or with the size it knows. */
import type { AddCheckpoint } from "../../log/add-checkpoint.ts";
import type { NoteKey, NoteSignature } from "../../log/signed-note.ts";

export type WitnessAnswer =
  /** Its lines, not yet verified. */
  | { readonly kind: "cosigned"; readonly lines: readonly NoteSignature[] }
  /** What it cosigned last has this size. */
  | { readonly kind: "elsewhere"; readonly size: number }
  /** It will not cosign this, whoever asks. */
  | { readonly kind: "refused"; readonly why: string };

export type WitnessEndpoint = {
  /** As the genesis names it. */
  readonly key: NoteKey;
  /** Throws `Fault` `witness.away` (safe) when there is no answer in time, or none that is understood. */
  readonly add: (asked: AddCheckpoint) => Promise<WitnessAnswer>;
  /** The largest checkpoint it cosigned, not yet verified; nothing when it has none. Throws as `add` does. */
  readonly newest: () => Promise<string | undefined>;
};
