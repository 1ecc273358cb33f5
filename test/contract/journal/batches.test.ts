/** What the journal's port promises of batches: each root once, and the requests under it for ever. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Journal, StoredBatch } from "../../../src/flow/gate/journal.port.ts";
import * as amount from "../../../src/values/amount.ts";
import { parse as parseChainId } from "../../../src/values/chain-id.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { journalPlace } from "./journal-place.ts";
import { id, leaf } from "./rows.ts";

const place = journalPlace();
let journal: Journal;

beforeEach(() => {
  journal = place.open();
});
afterEach(() => {
  place.remove();
});

const batch = (root: number, at: number): StoredBatch => ({
  operation: "mint",
  asset: parseName("GLD"),
  chainId: parseChainId(1),
  count: 2,
  total: amount.max,
  largest: amount.fromBigInt(7n),
  merkleRoot: id(root),
  by: parseName("carla"),
  at: parseInstant(1_800_000_000),
  initiators: [parseName("ida"), parseName("ivan")],
  leaf: at,
});

test("a batch is read back as it was put, by its root and by each request under it, in the order of their leaves", () => {
  const [one, two] = [batch(1, journal.append(leaf())), batch(2, journal.append(leaf()))];
  journal.putBatch(one, [id(3), id(4)]);
  journal.putBatch(two, [id(4), id(7)]);
  for (let opened = 0; opened < 2; opened += 1, journal = place.open()) {
    expect(journal.batch(id(1))).toEqual(one);
    expect(journal.batch(id(5))).toBeUndefined();
    expect(journal.batchesWith(id(3))).toEqual([one]);
    expect(journal.batchesWith(id(4))).toEqual([one, two]);
    expect(journal.batchesWith(id(6))).toEqual([]);
  }
});

test("a root is put once, and half of it never", () => {
  journal.putBatch(batch(1, journal.append(leaf())), [id(3)]);
  expect(() => {
    journal.putBatch(batch(1, journal.append(leaf())), [id(4)]);
  }).toThrow();
  expect(() => {
    journal.putBatch(batch(8, journal.append(leaf())), [id(7), id(7)]);
  }).toThrow();
  expect([journal.batchesWith(id(4)), journal.batchesWith(id(7)), journal.batch(id(8))]).toEqual([[], [], undefined]);
});

test("what stands under a root never changes", () => {
  journal.putBatch(batch(1, journal.append(leaf())), [id(3)]);
  for (const sql of [
    "UPDATE batches SET total = '1'",
    "UPDATE batches SET at = 0",
    "DELETE FROM batches",
    "DELETE FROM batch_legs",
    "UPDATE batch_legs SET request_id = 'x'",
  ])
    expect(() => {
      place.raw(sql);
    }, sql).toThrow();
});
