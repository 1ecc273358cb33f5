/** One SQLite connection as the journal needs it: alone on its file, durable at every commit, its errors as faults. */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { Fault } from "../../values/errors.ts";
import { applicationId, migrations } from "./schema.ts";
import { Connection, type Database, type Gather } from "./connection.ts";
import { toFault } from "./sqlite-failure.ts";

/** Another opener may be in the middle of its own attempt; a process that owns the journal stays for longer than this. */
const attempts = 10;

/**
 * Opens or creates the file (0600). Throws a Fault: `journal.locked` when another process has it, `journal.newer` when a later version
 * wrote it, `journal.corrupt` when it is no journal, `journal.io` otherwise.
 */
export function openDatabase(path: string, gather?: Gather): Database {
  // Closing any handle on a file drops this process's locks on it, so this comes before SQLite opens it, never after.
  create(path);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return new Connection(connect(path), gather);
    } catch (error) {
      const fault = toFault(error);
      if (fault.code !== "journal.locked" || attempt === attempts) throw fault;
      pause(20 + Math.floor(Math.random() * 60));
    }
  }
}

function create(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    throw new Fault("journal.io", `the journal \`${path}\` cannot be created`, "safe", error);
  }
}

function connect(path: string): DatabaseSync {
  const handle = new DatabaseSync(path, { timeout: 20, allowExtension: false, defensive: true });
  try {
    // Before anything reads the file, other settings included: the lock is then held until the end, and no shared-memory file exists.
    handle.exec("PRAGMA locking_mode = EXCLUSIVE");
    handle.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
    handle.exec("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    handle.exec("BEGIN EXCLUSIVE");
    migrate(handle);
    handle.exec("COMMIT; PRAGMA journal_mode = WAL");
    expectPragma(handle, "journal_mode", "wal");
    expectPragma(handle, "synchronous", 2);
    expectPragma(handle, "foreign_keys", 1);
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

function migrate(handle: DatabaseSync): void {
  const version = pragma(handle, "user_version");
  const mark = pragma(handle, "application_id");
  const empty = handle.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  if (!empty && mark !== applicationId)
    throw new Fault("journal.corrupt", "the file is not a journal of a gate", "never");
  if (typeof version !== "number" || version > migrations.length)
    throw new Fault("journal.newer", "a later version of countersign wrote this journal", "never");
  for (const { sql, fill } of migrations.slice(version)) {
    handle.exec(sql);
    fill?.(new Connection(handle));
  }
  if (version < migrations.length)
    handle.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length};`);
}

function pragma(handle: DatabaseSync, name: string): SQLOutputValue | undefined {
  return handle.prepare(`PRAGMA ${name}`).get()?.[name];
}

/** A file system that cannot do what the journal promises says so here, not after a crash. */
function expectPragma(handle: DatabaseSync, name: string, value: string | number): void {
  if (pragma(handle, name) !== value)
    throw new Fault("journal.io", `the file system of the journal does not allow ${name} ${value}`, "never");
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
