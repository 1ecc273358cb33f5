/** A process on a disk that ends: fills its journal inside transactions until one fails, then shows that nothing of that one stayed. */
import { randomBytes } from "node:crypto";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { Fault } from "../../../src/values/errors.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { at, leaf, statement } from "./rows.ts";

const path = process.argv[2] ?? "";
const journal = openJournal(path);
let stored = 0;
let seen = "";
try {
  for (; stored < 100_000; stored += 1) {
    journal.transaction(() => {
      journal.putStatement(
        statement(stored, { leaf: journal.append(leaf(stored, stored)), attachment: fromBytes(randomBytes(20_000)) }),
      );
      try {
        journal.advance(at(stored));
      } catch {
        // Whoever swallows the failure must not get half a transaction for it.
      }
    });
  }
} catch (error) {
  seen = error instanceof Fault ? `${error.code} ${error.retry}` : String(error);
}
const inProcess = ((): number | string => {
  try {
    return journal.size();
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
})();
process.stdout.write(`${JSON.stringify({ seen, stored, inProcess })}\n`);
// Without a word to the file: what a new start finds is what the disk has.
process.kill(process.pid, "SIGKILL");
