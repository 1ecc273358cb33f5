/** What reverts gave back, dated at its allocation: sums over spans of time, so that a million reverts are read as a few rows. */
import { z } from "zod";
import type { Sum } from "../../policy/decide/measure.ts";
import type { Database } from "./connection.ts";
import { readOptional, readRows, sumColumn } from "./row.ts";

/** Seconds; each span holds `within` of the one before, the last one 34 years. */
const within = 64;
const spans = [0, 1, 2, 3, 4, 5].map((power) => within ** power);
const top = spans.length - 1;

const sumRow = z
  .strictObject({ total: sumColumn, count: z.int() })
  .transform(({ total, count }) => ({ sum: total, count }));

const series = "(SELECT id FROM series WHERE name = $name)";
const one = `SELECT total, count FROM returned WHERE series = ${series} AND span = $span AND slot = $slot`;
const every = spans
  .map(
    (span, power) =>
      `SELECT total, count FROM returned WHERE series = ${series} AND span = ${span} AND slot >= $from${power} AND slot < $to${power}`,
  )
  .join(" UNION ALL ");

/** Into the slot of each span that holds the instant. */
export function returnTo(
  database: Database,
  { name, at, value }: { readonly name: string; readonly at: number; readonly value: bigint },
): void {
  for (const span of spans) {
    const place = { name, span, slot: Math.floor(at / span) };
    const { sum, count } = readOptional(sumRow, database.get(one, place)) ?? { sum: 0n, count: 0 };
    database.run(
      `INSERT INTO returned (series, span, slot, total, count) VALUES (${series}, $span, $slot, $total, $count)
         ON CONFLICT (series, span, slot) DO UPDATE SET total = excluded.total, count = excluded.count`,
      { ...place, total: (sum + value).toString(), count: count + 1 },
    );
  }
}

/** At most 63 rows of each span but the longest, of which there are at most 236. */
export function returnedAfter(database: Database, name: string, since: number): Sum {
  const bounds: Record<string, number> = {};
  let from = Math.max(0, since + 1);
  for (const [power, span] of spans.entries()) {
    const wider = span * within;
    const end = power === top ? Number.MAX_SAFE_INTEGER : Math.ceil(from / wider) * wider;
    bounds[`from${power}`] = Math.ceil(from / span);
    bounds[`to${power}`] = power === top ? end : end / span;
    from = end;
  }
  return readRows(sumRow, database.all(every, { name, ...bounds })).reduce(
    (all, row) => ({ sum: all.sum + row.sum, count: all.count + row.count }),
    { sum: 0n, count: 0 },
  );
}
