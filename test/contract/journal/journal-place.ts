/** A journal in a folder of its own for each test: opened anew, or changed behind its back. */
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import type { Journal } from "../../../src/flow/gate/journal.port.ts";
import { Fault } from "../../../src/values/errors.ts";

export type JournalPlace = {
  readonly folder: () => string;
  readonly path: () => string;
  /** The first in its folder, or the same file opened again. */
  readonly open: () => Journal;
  readonly close: () => void;
  /** As somebody with the file and the sqlite shell would; the journal is closed meanwhile, and must be opened again. */
  readonly raw: (sql: string) => void;
  readonly remove: () => void;
};

export function journalPlace(): JournalPlace {
  let folder = "";
  let journal: Journal | undefined;
  const path = (): string => join(folder, "journal.db");
  const close = (): void => {
    journal?.close();
    journal = undefined;
  };
  return {
    folder: () => folder,
    path,
    open: () => {
      close();
      if (folder === "") folder = mkdtempSync(join(tmpdir(), "journal-"));
      journal = openJournal(path());
      return journal;
    },
    close,
    raw: (sql) => {
      close();
      const handle = new DatabaseSync(path());
      try {
        handle.exec(sql);
      } finally {
        handle.close();
      }
    },
    remove: () => {
      close();
      rmSync(folder, { recursive: true });
      folder = "";
    },
  };
}

/** Code of the fault, or the whole of another error. */
export function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
  return "no fault";
}
