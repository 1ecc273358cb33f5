/** What a limit costs as the journal grows: the check, and the check with the reservation, at a thousand and a million past rows. */
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../src/adapters/journal/journal.ts";
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import { judgeLimits } from "../../src/policy/decide/limit.ts";
import { judgeCeilings } from "../../src/policy/decide/headroom.ts";
import { measure } from "../../src/policy/decide/measure.ts";
import { wantedUsage } from "../../src/policy/decide/usage.ts";
import * as amount from "../../src/values/amount.ts";
import * as bytes32 from "../../src/values/bytes32.ts";
import * as instant from "../../src/values/instant.ts";
import { leaf } from "../contract/journal/rows.ts";
import { bankA, ether, gld, inputWith, key, n, now } from "../unit/policy/example.ts";
import { atMost, microseconds, type Figure } from "./figure.ts";
import { processorTimesOf } from "./timing.ts";

const sizes = [1_000, 1_000_000] as const;
/** A look-up by an index takes a page or two more in a file a thousand times as long. */
const mostGrowth = 1.2;
/** Past rows lie evenly over two months: most outside of every window, a sixtieth within the day. */
const spanSeconds = 60 * 86_400;

/** Three limits of three windows, one of them full so that its next room is searched for, beside the ceilings of the genesis. */
const input = inputWith({
  policy: {
    limits: [
      { id: "day", per: "asset", window: "rolling 24h", max: "1000000 GLD" },
      { id: "week", per: "initiator", window: "rolling 7d", max: "1000000 GLD" },
      { id: "month", per: "to", window: "rolling 30d", max: "101 GLD" },
    ].map((limit) => ({ ...limit, when: { operation: "mint" }, metric: "sum", over: "deny" })),
  },
  ceilings: { day: gld("1000000"), shareOfSupplyMillionths: 500_000n },
  bounds: { feesPerDayWei: ether("100") },
});

export function measureLimits(): readonly Figure[] {
  const [small, large] = sizes.map((rows) => grown(rows));
  if (small === undefined || large === undefined) return [];
  try {
    const checks = processorTimesOf({
      small: () => {
        check(small);
      },
      large: () => {
        check(large);
      },
    });
    const both = processorTimesOf({
      small: () => {
        reserve(small);
      },
      large: () => {
        reserve(large);
      },
    });
    return [
      figure("limits checked, a million past rows", checks),
      figure("limits checked and a nonce reserved, a million past rows", both),
    ];
  } finally {
    for (const { close } of [small, large]) close();
  }
}

function figure(name: string, { small, large }: { readonly small: number; readonly large: number }): Figure {
  return {
    name,
    value: microseconds(large),
    reference: `${microseconds(small)} at a thousand`,
    ...atMost(large / small, mostGrowth),
  };
}

type Grown = {
  readonly journal: Journal;
  readonly close: () => void;
  /** Of the next reservation. */
  next: number;
};

function check({ journal, next }: Grown): void {
  const at = instant.parse(now + next);
  const usage = Object.fromEntries(
    wantedUsage(input, at).map((question) => {
      const { key: id, added, removed } = question;
      const sums = {
        added: (since: number) => journal.allocatedAfter(added, since),
        removed: (since: number) => journal.removedAfter(removed ?? added, since),
      };
      return [id, measure(question, sums, at)];
    }),
  );
  const one = { ...input, facts: { ...input.facts, now: at, usage } };
  const failing = [...judgeLimits(one).judgements, ...judgeCeilings(one)].filter(({ ok }) => !ok).map(({ id }) => id);
  if (failing.join() !== "limit.month") throw new Error(`not the limits that were meant: ${failing.join()}`);
}

function reserve(grown: Grown): void {
  grown.journal.transaction(() => {
    check(grown);
    grown.next += 1;
    const { next } = grown;
    const put = grown.journal.putAllocation({
      requestId: bytes32.parse(`0x${(10 ** 9 + next).toString(16).padStart(64, "0")}`),
      chainId: 31_337,
      account: key.account,
      nonce: 10_000_000 + next,
      key: key.id,
      asset: n("GLD"),
      operation: "mint",
      reference: `next-${String(next)}`,
      initiator: n("ida"),
      to: bankA,
      amount: amount.fromBigInt(1n),
      feeCeilingWei: amount.fromBigInt(1n),
      at: instant.parse(now + next),
      leaf: 0,
      outcome: "open",
      outcomeBlock: undefined,
    });
    if (put.kind !== "stored") throw new Error(`taken: ${put.by}`);
  });
}

/** A journal of so many allocations, written as one: what a year of them would leave there. */
function grown(rows: number): Grown {
  const folder = mkdtempSync(join(tmpdir(), "limits-"));
  const path = join(folder, "journal.db");
  const first = openJournal(path);
  first.append(leaf());
  first.close();
  fill(path, rows);
  const journal = openJournal(path);
  const { count } = journal.allocatedAfter({ kind: "fees", account: key.account }, 0);
  if (count !== rows) throw new Error(`${String(count)} rows were counted, not ${String(rows)}`);
  const close = (): void => {
    journal.close();
    rmSync(folder, { recursive: true });
  };
  return { journal, close, next: 0 };
}

/** The guards of the file are put away meanwhile: row by row they would take minutes. */
function fill(path: string, rows: number): void {
  const handle = new DatabaseSync(path);
  const guards = handle.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  handle.exec("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -300000; BEGIN");
  for (const guard of guards) handle.exec(`DROP TRIGGER ${String(guard["name"])}`);
  // A thousand GLD in all, so that the month of a thousand rows is as full as that of a million.
  const unit = 10n ** 20n / BigInt(rows / 10);
  const all = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(rows)})`;
  const at = `${String(now - spanSeconds)} + i * ${String(spanSeconds)} / ${String(rows)}`;
  handle.exec(`${all} INSERT INTO allocations SELECT i, '0x' || printf('%064x', i), 31337, '${key.account}', i, '${key.id}', 'GLD',
    'mint', printf('past-%07d', i), 'ida', '${bankA}', '${String(unit)}', '1000', ${at}, 0, 'success', 5 FROM n`);
  const series = ["", " initiator ida", ` account ${key.account}`, ` to ${bankA}`].map((part) => `GLD mint${part}`);
  const zeros = String(unit).replace(/^1/, "");
  for (const [name, ending] of [...series.map((one) => [one, zeros]), [`fees ${key.account}`, "000"]]) {
    handle.exec(`INSERT INTO series (name) VALUES ('${String(name)}')`);
    handle.exec(`${all} INSERT INTO counters SELECT (SELECT id FROM series WHERE name = '${String(name)}'), ${at}, i,
      i || '${String(ending)}', i FROM n`);
  }
  for (const guard of guards) handle.exec(String(guard["sql"]));
  handle.exec("COMMIT");
  handle.close();
}
