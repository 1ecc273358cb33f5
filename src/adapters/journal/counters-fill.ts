/** Counts what a journal of 0.1.0 holds already: every allocation in its order, then what became of it. */
import { z } from "zod";
import { decodeLeaf } from "../../log/leaf.ts";
import { operationSchema } from "../../intent/operation.ts";
import { addressSchema, amountSchema, bytes32Schema, instantSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { countAllocation, countEnding, type Countable } from "./counters.ts";
import { readOptional, readRow, readRows } from "./row.ts";

const page = 1_000;
const columns = "id, request_id, asset, operation, initiator, recipient, account, amount, fee_ceiling_wei, at, outcome";

const row = z
  .strictObject({
    id: z.int(),
    request_id: bytes32Schema,
    asset: nameSchema,
    operation: operationSchema,
    initiator: nameSchema,
    recipient: addressSchema,
    account: addressSchema,
    amount: amountSchema,
    fee_ceiling_wei: amountSchema,
    at: instantSchema,
    outcome: z.enum(["open", "success", "reverted", "mismatch"]),
  })
  .transform(({ request_id, recipient, fee_ceiling_wei, ...rest }) => ({
    ...rest,
    requestId: request_id,
    to: recipient,
    feeCeilingWei: fee_ceiling_wei,
  }));
const leafRow = z.strictObject({ leaf: z.int(), bytes: z.instanceof(Uint8Array) });
const outcomeEntry = z.object({
  kind: z.literal("outcome"),
  requestId: bytes32Schema,
  status: z.literal("success"),
  instant: instantSchema,
});

export function fillCounters(database: Database): void {
  let last = 0;
  // The gate's time never ran backwards; should it have, the later of two times counts the longer.
  let latest = 0;
  for (let rows = allocationsAfter(database, last); rows.length > 0; rows = allocationsAfter(database, last)) {
    for (const { id, outcome, ...allocation } of rows) {
      latest = Math.max(latest, allocation.at);
      const dated: Countable = { ...allocation, at: instantSchema.parse(latest) };
      countAllocation(database, dated);
      if (outcome === "reverted") countEnding(database, dated, outcome, latest);
      last = id;
    }
  }
  countSuccesses(database);
}

function allocationsAfter(database: Database, id: number): readonly z.output<typeof row>[] {
  const some = database.all(`SELECT ${columns} FROM allocations WHERE id > $id ORDER BY id LIMIT ${page}`, { id });
  return readRows(row, some);
}

/** When a success was noted, only its leaf says. */
function countSuccesses(database: Database): void {
  const next = `SELECT leaf, bytes FROM leaves WHERE leaf > $after AND instr(bytes, CAST('"kind":"outcome"' AS BLOB)) > 0
    ORDER BY leaf LIMIT 1`;
  let latest = 0;
  for (let found = database.get(next, { after: -1 }); found !== undefined;) {
    const { leaf, bytes } = readRow(leafRow, found);
    const entry = outcomeEntry.safeParse(decodeLeaf(bytes));
    if (entry.success) {
      latest = Math.max(latest, entry.data.instant);
      const { requestId } = entry.data;
      const allocation = readOptional(
        row,
        database.get(`SELECT ${columns} FROM allocations WHERE request_id = $requestId`, { requestId }),
      );
      if (allocation !== undefined) countEnding(database, allocation, "success", latest);
    }
    found = database.get(next, { after: leaf });
  }
}
