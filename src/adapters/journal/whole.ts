/** Whether a journal's file is whole, page by page and index by index; for a copy, since nobody else may have it open. */
import { DatabaseSync } from "node:sqlite";
import { Fault } from "../../values/errors.ts";

/** Throws a `Fault` `journal.corrupt` when it is not. */
export function expectWhole(path: string): void {
  let found: unknown;
  try {
    const handle = new DatabaseSync(path, { readOnly: true, allowExtension: false });
    try {
      found = handle.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"];
    } finally {
      handle.close();
    }
  } catch (error) {
    throw new Fault("journal.corrupt", "the file is not a whole journal", "never", error);
  }
  if (found !== "ok") throw new Fault("journal.corrupt", "the file is not a whole journal", "never");
}
