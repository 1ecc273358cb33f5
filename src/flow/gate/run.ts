/** One running of the gate as its log has it: the leaf it begins with, those that are there to be cosigned, and the one it ends with. */
import { entrySchema, type Entry } from "../../log/entry.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { Fault } from "../../values/errors.ts";
import type { Core } from "./core.ts";
import type { Journal } from "./journal.port.ts";

type RunEntry = Extract<Entry, { kind: "run" }>;

/** Whether this deployment has witnesses whose word is waited for; without them a run leaves no trace. */
export function hasWitnesses(core: Pick<Core, "standing">): boolean {
  return core.standing().genesis.witnesses.min > 0;
}

/** Writes the first leaf of this run, once. Throws `Fault` while the disk takes nothing. */
export function begin(core: Core): void {
  if (!hasWitnesses(core) || core.begun() !== undefined) return;
  const { journal } = core;
  const leaf = journal.transaction(() => {
    if (!isEnded(journal)) doubtAll(journal);
    return writeRun(core, "begun");
  });
  core.setBegun(leaf);
}

/** When it listens: a journal that takes nothing yet is read all the same, and begins when something is to be signed. */
export function tryBegin(core: Core): void {
  if (core.stopped() !== undefined) return;
  try {
    begin(core);
  } catch (error) {
    if (!(error instanceof Fault && error.retry === "safe")) throw error;
  }
}

/** Nothing is asked of a token after it; a run whose last leaf finds no place ends as by a crash. */
export function end(core: Core): void {
  const isGoing = core.begun() !== undefined && core.stopped() === undefined;
  core.stop("the gate is closed");
  if (!isGoing) return;
  try {
    writeRun(core, "ended");
  } catch (error) {
    if (!(error instanceof Fault && error.retry === "safe")) throw error;
  }
}

export function writeRun({ journal, run, now }: Core, phase: "begun" | "renewed" | "ended"): number {
  return journal.append({ kind: "run", epoch: journal.epoch(), instant: now(), run, phase });
}

/** Whether the run before this one said that it asks no token any more, and nothing came after. */
function isEnded(journal: Journal): boolean {
  return runAt(journal, journal.size() - 1)?.phase === "ended";
}

/** Whether the journal still has the leaf that this run began with, after something of it was lost. */
export function isOwnRun({ journal, run }: Pick<Core, "journal" | "run">, leaf: number): boolean {
  return runAt(journal, leaf)?.run === run;
}

function runAt(journal: Journal, index: number): RunEntry | undefined {
  const [leaf] = journal.leaves(index, 1);
  const entry = leaf === undefined ? undefined : entrySchema.parse(decodeLeaf(leaf.bytes));
  return entry?.kind === "run" ? entry : undefined;
}

/**
 * What was permitted before may have been signed since this journal was written: by a gate that it is a copy of, or by one on a copy of
 * it. A filler says itself that nothing of its request was; it may have been signed itself.
 */
function doubtAll(journal: Journal): void {
  for (const { requestId } of journal.openAllocations()) {
    const permits = journal.permits(requestId);
    const isClosing = permits.some(({ filler }) => filler);
    for (const { digest, signed, filler } of permits)
      if (signed === undefined && filler === isClosing) journal.markAsked(digest);
  }
}
