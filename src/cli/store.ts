/** `countersign store copy`: from an embedded store to PostgreSQL, or back, with the proof that nothing was lost on the way. */
import type { Given } from "./command.ts";
import { yes, type Outcome } from "./outcome.ts";

export async function copy(given: Given): Promise<Outcome> {
  const { copyBetween } = await import("../compose/store-copy.ts");
  const [from, to] = [given.text("from"), given.text("to")];
  const tables = await copyBetween(from, to);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const width = Math.max(...tables.map(({ table }) => table.length));
  const digits = Math.max(...tables.map((one) => String(one.rows).length));
  return yes(
    [
      `${rows} rows are in the store of ${to}, and read the same on both sides:`,
      ...tables.map(
        (one) => `  ${one.table.padEnd(width)}  ${String(one.rows).padStart(digits)} rows  sha256 ${one.digest}`,
      ),
      `start the service with ${to}; nothing was taken from the store of ${from}, and no service may start with it again`,
    ],
    { ok: true, rows, tables: tables.map((one) => ({ ...one })) },
  );
}
