/** Copies of a journal that is being written: each one moment of it, whole, its owner's alone, and never in the way of the work. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openJournal, type JournalFile } from "../../../src/adapters/journal/journal.ts";
import { expectWhole } from "../../../src/adapters/journal/whole.ts";
import { copyOnce, startCopies } from "../../../src/compose/journal-copies.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import { Fault } from "../../../src/values/errors.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { faultOf, journalPlace } from "./journal-place.ts";
import { leaf, statement } from "./rows.ts";

const place = journalPlace();
let journal: JournalFile;
let now: number;

beforeEach(() => {
  place.open();
  place.close();
  journal = openJournal(place.path());
  now = 1_800_000_000;
});
afterEach(() => {
  journal.close();
  place.remove();
});

const parts = () => ({ copyTo: journal.copyTo, clock: { now: () => instant(now) }, tell: () => undefined });
const settings = (keep = 3) => ({ folder: join(place.folder(), "copies"), everySeconds: 1, keep });
const rootOf = (of: JournalFile, size: number): string => rootAt(size, (level, index) => of.node(level, index));

/** A leaf and a statement that belongs to it, in one transaction. */
function write(number: number): void {
  journal.transaction(() => {
    const index = journal.append(leaf(number));
    journal.putStatement(statement(number + 1, { leaf: index }));
  });
}

test("a copy that is made while the journal is written is one moment of it, and the writer waits for nothing", async () => {
  for (let i = 0; i < 1_500; i += 1) write(i);
  let done = false;
  const copying = copyOnce(settings(), parts()).finally(() => (done = true));
  let written = 0;
  let slowest = 0;
  while (!done) {
    const begun = performance.now();
    write(10_000 + written);
    slowest = Math.max(slowest, performance.now() - begun);
    written += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const path = await copying;
  expect(written).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(5_000);
  expectWhole(path);
  const copy = openJournal(path);
  const size = copy.size();
  expect(size).toBeGreaterThanOrEqual(1_500);
  expect(size).toBeLessThanOrEqual(journal.size());
  expect(rootOf(copy, size)).toBe(rootOf(journal, size));
  // Nothing of a transaction without the rest of it.
  const last = copy.leaves(size - 1, 1)[0]!;
  expect(copy.statementsAbout("Cancellation", statement(1).about)).toHaveLength(size);
  expect(Buffer.from(last.bytes)).toEqual(Buffer.from(journal.leaves(size - 1, 1)[0]!.bytes));
  copy.close();
});

test("copies are their owner's alone, only the newest are kept, and what was half made is gone", async () => {
  write(1);
  const { folder } = settings();
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "journal-1.sqlite.part"), "half");
  writeFileSync(join(folder, "notes.txt"), "mine");
  const made: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    made.push(await copyOnce(settings(), parts()));
    now += 60;
  }
  expect(readdirSync(folder).sort()).toEqual(
    [...made.slice(-3).map((path) => path.slice(folder.length + 1)), "notes.txt"].sort(),
  );
  for (const path of made.slice(-3)) expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a folder that takes none is told, and the gate goes on; a stop waits for the copy that is being made", async () => {
  write(1);
  const told: string[] = [];
  writeFileSync(join(place.folder(), "file"), "");
  const nowhere = startCopies(
    { ...settings(), folder: join(place.folder(), "file") },
    { ...parts(), tell: (said) => told.push(said) },
  );
  await nowhere.stop();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("no copy of the journal was made");
  write(2);
  const good = startCopies(settings(), parts());
  await good.stop();
  expect(readdirSync(settings().folder).filter((name) => name.endsWith(".sqlite"))).toHaveLength(1);
});

test("a copy that lost a page, or is cut short, is no whole journal", async () => {
  for (let i = 0; i < 300; i += 1) write(i);
  const path = await copyOnce(settings(), parts());
  expectWhole(path);
  const bytes = readFileSync(path);
  const torn = join(place.folder(), "torn.sqlite");
  copyFileSync(path, torn);
  const damaged = Buffer.from(bytes);
  damaged.fill(0xff, 4_096 * 5, 4_096 * 6);
  writeFileSync(torn, damaged);
  expect(
    faultOf(() => {
      expectWhole(torn);
    }),
  ).toBe("journal.corrupt");
  writeFileSync(torn, bytes.subarray(0, Math.floor(bytes.length / 2)));
  expect(
    faultOf(() => {
      expectWhole(torn);
    }),
  ).toBe("journal.corrupt");
});

test("a journal that is closed is copied to nowhere", async () => {
  journal.close();
  await expect(journal.copyTo(join(place.folder(), "x"))).rejects.toThrow(Fault);
});
