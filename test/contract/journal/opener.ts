/** A process that opens a journal, says whether it has it, and keeps it until its input ends. */
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { Fault } from "../../../src/values/errors.ts";

try {
  const journal = openJournal(process.argv[2] ?? "");
  process.stdout.write("open\n");
  process.stdin.on("end", journal.close).resume();
} catch (error) {
  process.stdout.write(`${error instanceof Fault ? error.code : String(error)}\n`);
}
