/** SQLite's errors as the house speaks of them: a fault of the world, or a broken promise of our own. */
import { Fault, InvariantViolation } from "../../values/errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const codes = { ok: 0, busy: 5, locked: 6, corrupt: 11, full: 13, notDatabase: 26, constraint: 19 } as const;

/** A `Fault` when the world failed, an `InvariantViolation` when a constraint or trigger was run into; what is not of SQLite stays as it is. */
export function judge(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  if (code === codes.constraint && error instanceof Error)
    return new InvariantViolation(`the journal does not allow it: ${error.message}`, { cause: error });
  return toFault(error);
}

/** Total: anything that is no error of SQLite and no Fault counts as a failed disk. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  switch (primaryCode(error)) {
    case codes.busy:
    case codes.locked:
      return new Fault("journal.locked", "another process has the journal open", "safe", error);
    case codes.full:
      return new Fault("journal.disk-full", "the disk of the journal is full", "safe", error);
    case codes.corrupt:
    case codes.notDatabase:
      return new Fault("journal.corrupt", "the journal's file is damaged or is not a journal", "never", error);
    default:
      return new Fault("journal.io", "the journal's file could not be read or written", "safe", error);
  }
}

/** Whether a copy only found a transaction under way at that very moment: Node rejects with the file's last result, which is no failure. */
export function isWithoutFailure(error: unknown): boolean {
  return primaryCode(error) === codes.ok;
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
