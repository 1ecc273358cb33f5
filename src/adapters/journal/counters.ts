/** Running sums of what was allocated, so that a limit costs the same however long the journal is. */
import { z } from "zod";
import type { Allocation, Journal } from "../../flow/gate/journal.port.ts";
import { operations } from "../../intent/operation.ts";
import type { Sum } from "../../policy/decide/measure.ts";
import { removing, type Counted } from "../../policy/decide/usage.ts";
import type { Database } from "./connection.ts";
import { returnedAfter, returnTo } from "./returns.ts";
import { readOptional, sumColumn } from "./row.ts";

type Counters = Pick<Journal, "allocatedAfter" | "removedAfter">;

export type Countable = Pick<
  Allocation,
  "requestId" | "asset" | "operation" | "initiator" | "account" | "to" | "amount" | "feeCeilingWei" | "at"
>;

const nothing: Sum = { sum: 0n, count: 0 };
const sumRow = z
  .strictObject({ at: z.int(), total: sumColumn, count: z.int() })
  .transform(({ at, total, count }) => ({ at, sum: total, count }));

/** The last row of a series at or before an instant: everything before it is in its total. */
const upTo = `SELECT at, total, count FROM counters WHERE series = (SELECT id FROM series WHERE name = $name)
  AND at <= $at ORDER BY at DESC, count DESC LIMIT 1`;

const latest = Number.MAX_SAFE_INTEGER;

export function countersOf(database: Database): Counters {
  const sumOf = (counted: Counted, word: string, since: number): Sum =>
    seriesIn(counted, word)
      .map((name) => after(database, name, since))
      .reduce((all, one) => ({ sum: all.sum + one.sum, count: all.count + one.count }), nothing);
  return {
    allocatedAfter: (counted, since) => sumOf(counted, "", since),
    removedAfter: (counted, since) => sumOf(counted, removed, since),
  };
}

/** In the transaction of the allocation's own row. */
export function countAllocation(database: Database, allocation: Countable): void {
  const { at, amount, feeCeilingWei, account, requestId } = allocation;
  add(database, { name: feesOf(account), at, value: feeCeilingWei, requestId });
  for (const name of seriesOf(allocation, "")) add(database, { name, at, value: amount, requestId });
}

/** What an allocation ended as: a revert or a filler gives its amount back, a burn that succeeded counts as removed from `at` on. */
export function countEnding(
  database: Database,
  allocation: Countable,
  outcome: Allocation["outcome"],
  at: number,
): void {
  const { amount, requestId, operation } = allocation;
  if (outcome === "reverted" || outcome === "closed") {
    for (const name of seriesOf(allocation, "")) returnTo(database, { name, at: allocation.at, value: amount });
  }
  if (outcome === "success" && removing.includes(operation)) {
    for (const name of seriesOf(allocation, removed)) add(database, { name, at, value: amount, requestId });
  }
}

function after(database: Database, name: string, since: number): Sum {
  const last = readOptional(sumRow, database.get(upTo, { name, at: latest }));
  if (last === undefined || last.at <= since) return nothing;
  const before = readOptional(sumRow, database.get(upTo, { name, at: since })) ?? nothing;
  const back = returnedAfter(database, name, since);
  return { sum: last.sum - before.sum - back.sum, count: last.count - before.count - back.count };
}

type Addition = {
  readonly name: string;
  readonly at: number;
  readonly value: bigint;
  readonly requestId: string;
};

function add(database: Database, { name, at, value, requestId }: Addition): void {
  const last = readOptional(sumRow, database.get(upTo, { name, at: latest })) ?? nothing;
  if (last.count === 0) database.run("INSERT INTO series (name) VALUES ($name)", { name });
  database.run(
    `INSERT INTO counters (series, at, count, total, allocation) VALUES (
       (SELECT id FROM series WHERE name = $name), $at, $count, $total,
       (SELECT id FROM allocations WHERE request_id = $requestId))`,
    { name, at, count: last.count + 1, total: (last.sum + value).toString(), requestId },
  );
}

const removed = " removed";

/** Names hold no spaces, so two series never share a name. */
function seriesOf(allocation: Countable, word: string): readonly string[] {
  const { asset, operation, initiator, to, account } = allocation;
  const all = `${asset} ${operation}${word}`;
  return [
    all,
    `${all} initiator ${initiator}`,
    `${all} account ${account}`,
    ...(operations[operation].recipient ? [`${all} to ${to}`] : []),
  ];
}

function seriesIn(counted: Counted, word: string): readonly string[] {
  if (counted.kind === "fees") return [feesOf(counted.account)];
  const { asset, per, of } = counted;
  const part = per === "asset" ? "" : ` ${per} ${of}`;
  return counted.operations.map((operation) => `${asset} ${operation}${word}${part}`);
}

function feesOf(account: string): string {
  return `fees ${account}`;
}
