/** The gate's journal on a disk that may be full: then no commit succeeds, and all of a transaction is taken back. */
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { Fault } from "../../src/values/errors.ts";

const writers = [
  ...([
    "append",
    "advance",
    "putStatement",
    "putObservation",
    "setObservationLeaf",
    "raiseUsedBlock",
    "raiseRound",
  ] as const),
  ...(["putFreeze", "liftFreeze", "putAllocation", "settleAllocation", "spendApproval", "putPermit"] as const),
  ...(["markAsked", "markUnsigned", "markDeclined", "storeSignature", "putWitnessed"] as const),
  ...(["putStrangeCheckpoint", "recordRefusal"] as const),
];

/** What is written outside a transaction is a transaction of its own. */
export function onDisk(journal: Journal, isFull: () => boolean): Journal {
  const transaction = <T>(work: () => T): T =>
    journal.transaction(() => {
      const result = work();
      if (isFull()) throw new Fault("journal.disk-full", "the disk of the journal is full", "safe");
      return result;
    });
  const guarded = Object.fromEntries(
    writers.map((name) => {
      const write = journal[name] as (...words: readonly unknown[]) => unknown;
      return [name, (...words: readonly unknown[]) => transaction(() => write(...words))];
    }),
  ) as unknown as Partial<Journal>;
  return { ...journal, ...guarded, transaction };
}
