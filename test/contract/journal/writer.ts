/** A process that writes transactions to a journal for ever and says after each that it is on disk; its parent kills it. */
import { writeSync } from "node:fs";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { allocation, id, leaf } from "./rows.ts";

const [path = "", first = "0", last = "Infinity"] = process.argv.slice(2);
const journal = openJournal(path);
for (let number = Number(first); number < Number(last); number += 1) {
  journal.transaction(() => {
    const leafIndex = journal.append(leaf(number, number));
    journal.putAllocation(allocation(number, { leaf: leafIndex }));
    journal.spendApproval(id(number), id(number));
  });
  writeSync(1, `${String(number)}\n`);
}
