/** What a checkpoint that comes in says of our own log: cosigned by enough witnesses, not yet, or that our journal is not the log's newest. */
import { verifyCheckpoint } from "../log/checkpoint.ts";
import type { NoteKey } from "../log/signed-note.ts";
import { cosigners, lacksWitnesses, type Witnesses } from "../log/witnessed.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

/** Our log as the journal has it. */
export type OwnLog = {
  readonly key: NoteKey;
  readonly size: number;
  readonly rootAt: (size: number) => Bytes32;
};

export type Testimony =
  | {
      readonly kind: "cosigned";
      readonly size: number;
      readonly by: readonly string[];
      /** With the leaf that this run began with, which is in no other log: nobody has one that we do not know of. */
      readonly afresh: boolean;
    }
  | { readonly kind: "refused"; readonly code: "checkpoint.not-cosigned" | "checkpoint.foreign"; readonly why: string }
  /** Our own log key signed a log that is not ours: the journal was put back to an earlier state, or there are two of it. */
  | { readonly kind: "not-ours"; readonly why: string };

export function testimonyOf(
  text: string,
  own: OwnLog,
  {
    witnesses,
    begun,
    checks,
  }: {
    readonly witnesses: Witnesses;
    readonly begun: number | undefined;
    readonly checks: SignatureChecks;
  },
): Testimony {
  try {
    const signed = verifyCheckpoint(text, own.key, checks);
    const { size, root } = signed.checkpoint;
    const why = notOurs({ size, root }, own);
    if (why !== undefined) return { kind: "not-ours", why };
    const by = cosigners(signed, witnesses, checks);
    const lacking = lacksWitnesses(by, witnesses);
    if (lacking !== undefined) return { kind: "refused", code: "checkpoint.not-cosigned", why: lacking };
    const afresh = begun !== undefined && size > begun;
    return { kind: "cosigned", size, by: by.map(({ name }) => name), afresh };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { kind: "refused", code: "checkpoint.foreign", why: error.message };
  }
}

function notOurs({ size, root }: { readonly size: number; readonly root: Bytes32 }, own: OwnLog): string | undefined {
  if (size > own.size)
    return `the log key signed ${size} leaves, this journal has ${own.size}: it was put back to an earlier state`;
  return own.rootAt(size) === root
    ? undefined
    : `the log key signed another history of ${size} leaves than this journal has: there are two of it`;
}
