/** A process on a disk that ends: fills its journal inside transactions until one fails, then shows that nothing of that one stayed; `together` gathers them. */
import { randomBytes } from "node:crypto";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { Fault } from "../../../src/values/errors.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { at, leaf, statement } from "./rows.ts";

const path = process.argv[2] ?? "";
let commit: (() => void) | undefined;
const gather = (settle: () => void): void => {
  commit = settle;
};
const journal = openJournal(path, process.argv[3] === "together" ? gather : undefined);
/** What was written is on the disk, or this rejects. */
const flushed = async (): Promise<void> => {
  const durable = journal.durable();
  commit?.();
  await durable;
};
let stored = 0;
let seen = "";
try {
  for (; stored < 100_000; stored += 1) {
    journal.transaction(() => {
      journal.putStatement(
        statement(stored, { leaf: journal.append(leaf(stored, stored)), attachment: fromBytes(randomBytes(20_000)) }),
      );
    });
    await flushed();
  }
} catch (error) {
  seen = error instanceof Fault ? `${error.code} ${error.retry}` : String(error);
  await flushed().catch(() => undefined);
}
/** More than SQLite's cache in one transaction, so that the disk ends before its commit; whoever swallows that failure gets none of it. */
const swallowed = await (async (): Promise<string> => {
  try {
    journal.transaction(() => {
      for (let number = 0; number < 30; number += 1) {
        try {
          const attachment = fromBytes(randomBytes(100_000));
          journal.putStatement(statement(500_000 + number, { leaf: 0, attachment }));
        } catch {
          break;
        }
      }
      try {
        journal.advance(at(1_000_000));
      } catch {
        // Refused as well, until the transaction has ended.
      }
    });
    await flushed();
    return "committed";
  } catch (error) {
    await flushed().catch(() => undefined);
    return error instanceof Fault ? error.code : String(error);
  }
})();
const inProcess = ((): number | string => {
  try {
    return journal.size();
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
})();
const lastOf = (): number | string => (typeof inProcess === "number" ? journal.lastInstant() : inProcess);
process.stdout.write(`${JSON.stringify({ seen, stored, swallowed, inProcess, last: lastOf() })}\n`);
// Without a word to the file: what a new start finds is what the disk has.
process.kill(process.pid, "SIGKILL");
