/** A journal that commits together what comes together: each item whole by itself, all of them on disk at once, none of them told before. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, type JournalFile } from "../../../src/adapters/journal/journal.ts";
import { expectWhole } from "../../../src/adapters/journal/whole.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { journalPlace } from "./journal-place.ts";
import { at, id, leaf, statement, unsigned } from "./rows.ts";

const place = journalPlace();
let journal: JournalFile;
let commits: (() => void)[];

beforeEach(() => {
  place.open();
  place.close();
  commits = [];
  journal = openJournal(place.path(), (commit) => commits.push(commit));
});
afterEach(() => {
  journal.close();
  place.remove();
});

/** What a crash at this moment would leave, opened by somebody else. */
function sizeAfterCrash(): number {
  const path = join(place.folder(), "crashed.db");
  copyFileSync(place.path(), path);
  copyFileSync(`${place.path()}-wal`, `${path}-wal`);
  const found = openJournal(path);
  const size = found.size();
  found.close();
  return size;
}

/** Whether the disk confirmed it by now. */
async function isDurable(): Promise<boolean> {
  const waits = Symbol("waits");
  return (await Promise.race([journal.durable(), turn(waits)])) !== waits;
}

const write = (number: number): void => {
  journal.transaction(() => {
    journal.putStatement(statement(number, { leaf: journal.append(leaf(number, number)) }));
  });
};

test("what comes until the commit is read at once, and on disk with that one commit", async () => {
  expect(await isDurable()).toBe(true);
  for (const number of [1, 2, 3]) write(number);
  journal.recordRefusal({ verb: "sign", about: "0x01", code: "gate.frozen", why: "frozen", at: at(3) });
  expect(commits).toHaveLength(1);
  expect([journal.size(), journal.lastInstant(), journal.refusals("0x01").length]).toEqual([3, 3, 1]);
  expect([await isDurable(), sizeAfterCrash()]).toEqual([false, 0]);
  commits[0]?.();
  expect([await isDurable(), sizeAfterCrash(), journal.losses()]).toEqual([true, 3, 0]);
  write(4);
  expect([commits.length, sizeAfterCrash()]).toEqual([2, 3]);
});

test("one that throws takes back its own work alone", async () => {
  write(1);
  expect(() => {
    journal.transaction(() => {
      write(2);
      throw new RangeError("thought better of it");
    });
  }).toThrow("thought better of it");
  expect(() => {
    journal.transaction(() => {
      write(3);
      write(1);
    });
  }).toThrow(InvariantViolation);
  write(4);
  commits[0]?.();
  await journal.durable();
  expect(journal.leaves(0, 9)).toHaveLength(2);
  expect([1, 2, 3, 4].map((number) => journal.statement(id(number)) !== undefined)).toEqual([true, false, false, true]);
  expect([commits.length, journal.losses()]).toEqual([1, 0]);
});

test("a commit that fails takes back what everybody wrote, and tells all who wait; the next one goes through", async () => {
  write(1);
  const first = journal.durable();
  write(2);
  // It points at an allocation that does not exist, which SQLite looks at when it commits.
  journal.putPermit({ digest: id(7), requestId: id(8), ordinal: 1, transaction: unsigned, filler: false });
  const second = journal.durable();
  commits[0]?.();
  await expect(first).rejects.toThrow("the journal does not allow it");
  await expect(second).rejects.toThrow("the journal does not allow it");
  expect([journal.size(), journal.losses(), journal.lastInstant()]).toEqual([0, 1, 0]);
  write(3);
  commits[1]?.();
  await journal.durable();
  expect([journal.size(), sizeAfterCrash(), journal.losses()]).toEqual([1, 1, 1]);
});

test("a close commits nothing, and whoever waits for it hears so", async () => {
  write(1);
  const waiting = journal.durable();
  journal.close();
  await expect(waiting).rejects.toThrow("closed before this was on disk");
  // A commit that comes late finds nothing to commit.
  commits[0]?.();
  journal = openJournal(place.path());
  expect(journal.size()).toBe(0);
});

test("without a gathering all is on disk when a call returns", async () => {
  journal.close();
  journal = openJournal(place.path());
  write(1);
  expect([await isDurable(), sizeAfterCrash()]).toEqual([true, 1]);
});

test("a copy that is made while gatherings follow one another is one moment between two of them", async () => {
  journal.close();
  journal = openJournal(place.path(), (commit) => setImmediate(commit));
  for (let number = 1; number <= 1_500; number += 1) write(number);
  const path = join(place.folder(), "copy.db");
  let done = false;
  const copying = journal.copyTo(path).finally(() => (done = true));
  let written = 1_500;
  while (!done) {
    // An odd number of leaves is only there in the middle of a gathering.
    for (let i = 0; i < 2; i += 1) write((written += 1));
    await turn();
  }
  await copying;
  expectWhole(path);
  const copy = openJournal(path);
  expect(copy.size() % 2).toBe(0);
  expect(copy.size()).toBeGreaterThanOrEqual(1_500);
  expect(copy.statementsAbout("Cancellation", statement(1).about)).toHaveLength(copy.size());
  copy.close();
});
