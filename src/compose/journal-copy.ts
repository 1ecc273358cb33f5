/** What a copy of a gate's journal holds, read from a duplicate so that the copy stays as it is. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../adapters/journal/journal.ts";
import { expectWhole } from "../adapters/journal/whole.ts";
import { entrySchema } from "../log/entry.ts";
import { decodeLeaf } from "../log/leaf.ts";
import { rootAt } from "../log/merkle.ts";
import { deploymentId } from "../genesis/genesis.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";

export type CopiedJournal = {
  readonly deploymentId: Bytes32;
  readonly size: number;
  readonly root: Bytes32;
  readonly epoch: number;
  readonly lastInstant: Instant;
};

/** Throws a `Fault` (`journal.copy`, or what opening a journal throws) when it is not a whole journal. */
export function readJournalCopy(path: string): CopiedJournal {
  const folder = mkdtempSync(join(tmpdir(), "countersign-copy-"));
  try {
    const duplicate = join(folder, "journal.sqlite");
    try {
      copyFileSync(path, duplicate);
    } catch (error) {
      throw new Fault("journal.copy", `\`${path}\` cannot be read`, "never", error);
    }
    return read(path, duplicate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string, duplicate: string): CopiedJournal {
  expectWhole(duplicate);
  const journal = openJournal(duplicate);
  try {
    const size = journal.size();
    const [first] = journal.leaves(0, 1);
    const entry = first === undefined ? undefined : entrySchema.parse(decodeLeaf(first.bytes));
    if (entry?.kind !== "genesis") throw new Fault("journal.copy", `\`${path}\` holds no log`, "never");
    const root = rootAt(size, (level, index) => journal.node(level, index));
    return {
      deploymentId: deploymentId(entry.file.genesis),
      size,
      root,
      epoch: journal.epoch(),
      lastInstant: journal.lastInstant(),
    };
  } finally {
    journal.close();
  }
}
