/** A process that opens a journal and prints how many leaves it has. */
import { openJournal } from "../../../src/adapters/journal/journal.ts";

const journal = openJournal(process.argv[2] ?? "");
process.stdout.write(`${String(journal.size())}\n`);
journal.close();
