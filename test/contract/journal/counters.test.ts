/** What the journal promises of its running sums: counted with the allocation or not at all, never rewritten, filled from what was there. */
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applicationId, migrations } from "../../../src/adapters/journal/schema.ts";
import type { Allocation, Journal } from "../../../src/flow/gate/journal.port.ts";
import type { Counted } from "../../../src/policy/decide/usage.ts";
import { encodeLeaf } from "../../../src/log/leaf.ts";
import { max } from "../../../src/values/amount.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { journalPlace } from "./journal-place.ts";
import { account, allocation, at, called, id, units, withLeaf } from "./rows.ts";

const place = journalPlace();
let journal: Journal;

beforeEach(() => {
  journal = withLeaf(place.open());
});

afterEach(() => {
  place.remove();
});

const amounts = (fields: Partial<Extract<Counted, { kind: "amounts" }>> = {}): Counted => ({
  kind: "amounts",
  asset: "GLD",
  operations: ["mint"],
  per: "asset",
  of: "GLD",
  ...fields,
});
const put = (number: number, change: Partial<Allocation> = {}): ReturnType<Journal["putAllocation"]> =>
  journal.putAllocation(allocation(number, { amount: units(10n), ...change }));
const end = (number: number, outcome: "success" | "reverted" | "mismatch", when = 500): void => {
  journal.settleAllocation(id(number), { outcome, outcomeBlock: 9, at: at(when) });
};
const sum = (value: number | bigint, count: number): unknown => ({ sum: BigInt(value), count });

describe("running sums", () => {
  it("count what was allocated after an instant, each once", () => {
    for (const number of [1, 2, 3]) put(number);
    put(4, { at: at(103) });
    expect([99, 100, 101, 102, 103, 104, -5].map((since) => journal.allocatedAfter(amounts(), since))).toEqual([
      sum(40, 4),
      sum(40, 4),
      sum(30, 3),
      sum(20, 2),
      sum(0, 0),
      sum(0, 0),
      sum(40, 4),
    ]);
    expect(put(2, { nonce: 50 })).toMatchObject({ kind: "taken" });
    journal = place.open();
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(40, 4));
  });

  it("are kept apart by asset, operation, initiator, recipient and account", () => {
    put(1);
    put(2, { operation: "transfer", initiator: called("ivan") });
    put(3, { asset: called("SLV"), to: account(9), account: account(1) });
    put(4, { operation: "redeem", to: account(0) });
    const of = (fields: Parameters<typeof amounts>[0]): unknown => journal.allocatedAfter(amounts(fields), 0);
    expect(of({})).toEqual(sum(10, 1));
    expect(of({ operations: ["mint", "transfer", "redeem", "burn"] })).toEqual(sum(30, 3));
    expect(of({ asset: "SLV", of: "SLV" })).toEqual(sum(10, 1));
    expect(of({ operations: ["transfer"], per: "initiator", of: "ivan" })).toEqual(sum(10, 1));
    expect(of({ operations: ["mint", "transfer"], per: "initiator", of: "ida" })).toEqual(sum(10, 1));
    expect(of({ asset: "SLV", per: "to", of: account(9) })).toEqual(sum(10, 1));
    expect(of({ per: "to", of: account(9) })).toEqual(sum(0, 0));
    expect(of({ operations: ["redeem"], per: "account", of: account(7) })).toEqual(sum(10, 1));
    expect(journal.allocatedAfter({ kind: "fees", account: account(7) }, 0)).toEqual(sum(30, 3));
    expect(journal.allocatedAfter({ kind: "fees", account: account(1) }, 102)).toEqual(sum(10, 1));
  });

  it("hold more than 256 bits", () => {
    for (const number of [1, 2, 3]) put(number, { amount: max });
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(3n * max, 3));
    end(2, "reverted");
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(2n * max, 2));
  });

  it("count what moves nothing by its number and its fees", () => {
    put(1, { operation: "pause", amount: units(0n), to: account(0) });
    expect(journal.allocatedAfter({ kind: "fees", account: account(7) }, 0)).toEqual(sum(10, 1));
    expect(journal.allocatedAfter(amounts({ operations: ["pause"] }), 0)).toEqual(sum(0, 1));
  });
});

describe("an ending", () => {
  it("as a revert gives the amount back where it was allocated, once, and no fees", () => {
    put(1);
    put(2, { amount: units(7n) });
    end(1, "reverted");
    end(1, "reverted");
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(7, 1));
    expect(journal.allocatedAfter(amounts(), 100)).toEqual(sum(7, 1));
    expect(journal.allocatedAfter(amounts(), 101)).toEqual(sum(7, 1));
    expect(journal.allocatedAfter(amounts(), 102)).toEqual(sum(0, 0));
    expect(journal.allocatedAfter({ kind: "fees", account: account(7) }, 0)).toEqual(sum(20, 2));
  });

  it("of another kind gives nothing back", () => {
    put(1);
    put(2);
    end(1, "success");
    end(2, "mismatch");
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(20, 2));
    expect(journal.removedAfter(amounts(), 0)).toEqual(sum(0, 0));
  });

  it("as a success of what removes tokens counts as removed from when it was noted", () => {
    put(1, { operation: "redeem", to: account(0) });
    put(2, { operation: "burn", to: account(0), initiator: called("ivan") });
    put(3, { operation: "burn", to: account(0) });
    put(4, { operation: "burn", to: account(0) });
    end(2, "success", 500);
    end(1, "success", 500);
    end(3, "reverted", 600);
    end(4, "mismatch", 600);
    const both = amounts({ operations: ["burn", "redeem"] });
    expect(journal.removedAfter(both, 499)).toEqual(sum(20, 2));
    expect(journal.removedAfter(both, 500)).toEqual(sum(0, 0));
    expect(journal.removedAfter(amounts({ operations: ["burn"], per: "initiator", of: "ivan" }), 0)).toEqual(
      sum(10, 1),
    );
    expect(journal.removedAfter(amounts({ operations: ["burn"], per: "account", of: account(7) }), 0)).toEqual(
      sum(10, 1),
    );
    expect(journal.allocatedAfter(both, 0)).toEqual(sum(30, 3));
  });
});

describe("the file itself", () => {
  it("has an allocation and its count, or neither", () => {
    put(1);
    place.raw(`CREATE TRIGGER failing BEFORE INSERT ON counters
      WHEN NEW.series = (SELECT id FROM series WHERE name = 'GLD mint to ${account(8)}')
      BEGIN SELECT RAISE(ABORT, 'the disk failed here'); END`);
    journal = place.open();
    expect(() => put(2)).toThrow(InvariantViolation);
    expect(journal.allocation(id(2))).toBeUndefined();
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(10, 1));
    expect(journal.allocatedAfter({ kind: "fees", account: account(7) }, 0)).toEqual(sum(10, 1));
    place.raw(`DROP TRIGGER failing;
      CREATE TRIGGER failing BEFORE INSERT ON returned BEGIN SELECT RAISE(ABORT, 'the disk failed here'); END`);
    journal = place.open();
    expect(() => {
      end(1, "reverted");
    }).toThrow(InvariantViolation);
    expect(journal.allocation(id(1))?.outcome).toBe("open");
  });

  it("allows nothing dated before what was counted", () => {
    put(5);
    expect(() => put(3)).toThrow("counters only go on");
    expect(journal.allocation(id(3))).toBeUndefined();
  });

  it.each([
    ["DELETE FROM counters", "counters are never deleted"],
    ["UPDATE counters SET total = '0'", "counters are written once"],
    ["UPDATE series SET name = 'GLD burn'", "series are written once"],
    ["DELETE FROM returned", "returned are never deleted"],
    ["UPDATE returned SET total = '0', count = count + 1", "returned never go back"],
    ["UPDATE returned SET total = '99'", "returned never go back"],
    ["INSERT INTO counters SELECT series, at, count + 2, total, allocation FROM counters", "counters only go on"],
    ["INSERT INTO counters SELECT series, at, count + 1, '9', allocation FROM counters", "counters only go on"],
    ["INSERT INTO counters SELECT series, at - 1, count + 1, total, allocation FROM counters", "counters only go on"],
    ["INSERT INTO counters SELECT series, at, count + 1, total, 77 FROM counters", "FOREIGN KEY"],
  ])("refuses %s", (sql, why) => {
    put(1);
    end(1, "reverted");
    expect(() => {
      place.raw(sql);
    }).toThrow(why);
  });
});

describe("a journal of 0.1.0", () => {
  /** As that release left it: every table but those of the sums. */
  function old(): DatabaseSync {
    place.remove();
    place.open();
    place.close();
    const handle = new DatabaseSync(place.path());
    const names = ["trigger", "index", "table"].flatMap((type) =>
      handle
        .prepare("SELECT type, name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'")
        .all(type)
        .map((row) => `DROP ${String(row["type"])} ${String(row["name"])}`),
    );
    handle.exec("PRAGMA foreign_keys = OFF");
    for (const drop of names) handle.exec(drop);
    handle.exec(migrations[0]!.sql);
    handle.exec(`PRAGMA application_id = ${String(applicationId)}; PRAGMA user_version = 1`);
    return handle;
  }

  const row = (number: number, fields: Readonly<Record<string, string | number | null>> = {}): unknown[] =>
    Object.values({
      id: number,
      request_id: id(number),
      chain_id: 1,
      account: account(7),
      nonce: number,
      key: "hsm-mint",
      asset: "GLD",
      operation: "mint",
      reference: String(number),
      initiator: "ida",
      recipient: account(8),
      amount: max.toString(),
      fee_ceiling_wei: "10",
      at: 100 + number,
      leaf: 0,
      outcome: "open",
      outcome_block: null,
      ...fields,
    });

  it("has its rows counted when it is opened, once", () => {
    const handle = old();
    const insert = handle.prepare(`INSERT INTO allocations VALUES (${"?, ".repeat(16)}?)`);
    const redeem = { operation: "redeem", recipient: account(0), outcome: "success", outcome_block: 4 };
    for (const values of [
      row(1, { outcome: "success", outcome_block: 3 }),
      row(2, { outcome: "reverted", outcome_block: 3 }),
      row(3, { initiator: "ivan" }),
      row(4, redeem),
      row(5, { ...redeem, amount: "7" }),
      // Time that ran backwards once.
      row(6, { at: 50, amount: "1" }),
    ])
      insert.run(...(values as (string | number | null)[]));
    const leaf = handle.prepare("INSERT INTO leaves VALUES (?, ?)");
    leaf.run(0, encodeLeaf({ kind: "genesis", text: '"kind":"outcome"' }));
    for (const [index, number, status, when] of [
      [1, 5, "success", 300],
      [2, 2, "reverted", 310],
      [3, 4, "success", 320],
      [4, 1, "success", 330],
    ] as const)
      leaf.run(
        index,
        encodeLeaf({ kind: "outcome", epoch: 1, requestId: id(number), status, instant: when, statements: [] }),
      );
    handle.close();

    for (let opened = 0; opened < 2; opened += 1) {
      journal = place.open();
      expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(2n * max + 1n, 3));
      expect(journal.allocatedAfter(amounts(), 101)).toEqual(sum(max + 1n, 2));
      expect(journal.allocatedAfter(amounts(), 104)).toEqual(sum(1, 1));
      expect(journal.allocatedAfter(amounts({ per: "initiator", of: "ivan" }), 0)).toEqual(sum(max, 1));
      expect(journal.allocatedAfter({ kind: "fees", account: account(7) }, 0)).toEqual(sum(60, 6));
      const redeemed = amounts({ operations: ["redeem"] });
      expect(journal.removedAfter(redeemed, 299)).toEqual(sum(max + 7n, 2));
      expect(journal.removedAfter(redeemed, 300)).toEqual(sum(max, 1));
      expect(journal.removedAfter(redeemed, 320)).toEqual(sum(0, 0));
    }
    put(9, { at: at(110) });
    end(3, "reverted");
    expect(journal.allocatedAfter(amounts(), 0)).toEqual(sum(max + 11n, 3));
  });
});
