/** A witness's memory on SQLite: one file, open in one process, on disk before it answers, and never smaller than before. */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Head, Heads } from "../../flow/witness/heads.port.ts";
import { Fault } from "../../values/errors.ts";
import { bytes32Schema, countSchema } from "../../values/schema.ts";

/** Marks the file as a witness's memory: the letters `CSW1`. */
const applicationId = 0x43_53_57_31;

const tables = `
  CREATE TABLE heads (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size >= 0),
    root TEXT NOT NULL,
    checkpoint TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER heads_stay BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'heads are never deleted'); END;
  CREATE TRIGGER heads_grow BEFORE UPDATE ON heads
    WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
    BEGIN SELECT RAISE(ABORT, 'heads only grow'); END;
  PRAGMA application_id = ${applicationId};
`;

const headRow: z.ZodType<Head> = z.object({ size: countSchema, root: bytes32Schema, checkpoint: z.string() });

/** Opens the file, or creates it for its owner alone. Throws `Fault` `witness.in-use`, `witness.store`. */
export function openHeads(path: string): Heads {
  const file = openFile(path);
  const find = file.prepare("SELECT size, root, checkpoint FROM heads WHERE origin = $origin");
  const insert = file.prepare(
    "INSERT INTO heads (origin, size, root, checkpoint) VALUES ($origin, $size, $root, $checkpoint) ON CONFLICT DO NOTHING",
  );
  const update = file.prepare(
    "UPDATE heads SET size = $size, root = $root, checkpoint = $checkpoint WHERE origin = $origin AND size = $before AND $size >= $before",
  );
  return {
    head: (origin) =>
      attempted(() => {
        const row = find.get({ origin });
        return row === undefined ? undefined : headRow.parse(row);
      }),
    // One statement is one transaction, and it commits with an fsync.
    replace: (origin, before, { size, root, checkpoint }) =>
      attempted(() => {
        const next = { origin, size, root, checkpoint };
        if (before === 0 && insert.run(next).changes === 1) return true;
        return update.run({ ...next, before }).changes === 1;
      }),
    close: () => {
      if (file.isOpen) file.close();
    },
  };
}

function openFile(path: string): DatabaseSync {
  let file: DatabaseSync | undefined;
  try {
    closeSync(openSync(path, "a", 0o600));
    file = new DatabaseSync(path, { timeout: 200, allowExtension: false, defensive: true });
    file.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = EXTRA; PRAGMA fullfsync = ON; BEGIN EXCLUSIVE");
    const mark = file.prepare("PRAGMA application_id").get()?.["application_id"];
    const empty = file.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
    if (empty) file.exec(tables);
    file.exec("COMMIT");
    if (!empty && mark !== applicationId) throw new Error("not the memory of a witness");
    return file;
  } catch (error) {
    file?.close();
    const locked = error instanceof Error && error.message.includes("locked");
    if (locked) throw new Fault("witness.in-use", `another process has \`${path}\` open`, "never", error);
    throw new Fault("witness.store", `\`${path}\` cannot be opened as the memory of a witness`, "never", error);
  }
}

function attempted<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Fault("witness.store", "the witness's memory does not answer", "safe", error);
  }
}
