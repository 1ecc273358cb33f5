/** The gate's journal on SQLite: opened by one process at a time, on disk before any call returns or, where changes are gathered, before `durable` resolves. */
import type { Journal } from "../../flow/gate/journal.port.ts";
import { batchesOf } from "./batches.ts";
import { allocationsOf } from "./allocations.ts";
import { cancelledOf } from "./cancelled.ts";
import { countersOf } from "./counters.ts";
import type { Gather } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { distributionsOf } from "./distributions.ts";
import { documentsOf } from "./documents.ts";
import { freezesOf } from "./freezes.ts";
import { logOf } from "./log.ts";
import { observationsOf } from "./observations.ts";
import { permitsOf } from "./permits.ts";
import { redemptionsOf } from "./redemptions.ts";
import { restorationsOf } from "./restorations.ts";
import { refusalsOf } from "./refusals.ts";
import { statementsOf } from "./statements.ts";
import { testimonyOf } from "./testimony.ts";

/** `copyTo` makes a copy of one moment beside the work, which opens as a journal of its own. */
export type JournalFile = Journal & { readonly copyTo: (path: string) => Promise<void> };

/**
 * Opens the journal's file, or creates it readable by its owner alone. Throws a Fault: `journal.locked` when another process has it,
 * `journal.newer`, `journal.corrupt` or `journal.io`. Later calls throw `journal.disk-full` and `journal.io` besides; after a commit that
 * the disk did not confirm, every call does until the journal is opened anew. With `gather`, what is written until it calls is committed
 * together, and nobody may tell of it before `durable` resolved.
 */
export function openJournal(path: string, gather?: Gather): JournalFile {
  const database = openDatabase(path, gather);
  return {
    transaction: database.transaction,
    durable: database.durable,
    losses: database.losses,
    ...logOf(database),
    ...statementsOf(database),
    ...observationsOf(database),
    ...documentsOf(database),
    ...freezesOf(database),
    ...allocationsOf(database),
    ...countersOf(database),
    ...redemptionsOf(database),
    ...batchesOf(database),
    ...distributionsOf(database),
    ...permitsOf(database),
    ...cancelledOf(database),
    ...refusalsOf(database),
    ...testimonyOf(database),
    ...restorationsOf(database),
    copyTo: database.copyTo,
    close: database.close,
  };
}
