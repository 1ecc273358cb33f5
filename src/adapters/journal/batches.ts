/** Batches: what each root stands for, and the requests under it. */
import { z } from "zod";
import type { Journal, StoredBatch } from "../../flow/gate/journal.port.ts";
import { operationSchema } from "../../intent/operation.ts";
import { invariant } from "../../values/errors.ts";
import {
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  instantSchema,
  nameSchema,
} from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { jsonColumnOf, readOptional, readRows, toJson } from "./row.ts";

type Batches = Pick<Journal, "putBatch" | "batch" | "batchesWith">;

const columns = "root, operation, asset, chain_id, count, total, largest, by, at, initiators, leaf";

const batchRow: z.ZodType<StoredBatch> = z
  .strictObject({
    root: bytes32Schema,
    operation: operationSchema,
    asset: nameSchema,
    chain_id: chainIdSchema,
    count: countSchema,
    total: amountSchema,
    largest: amountSchema,
    by: nameSchema,
    at: instantSchema,
    initiators: jsonColumnOf(z.array(nameSchema)),
    leaf: countSchema,
  })
  .transform(({ root, chain_id, ...rest }) => ({ ...rest, merkleRoot: root, chainId: chain_id }));

export function batchesOf(database: Database): Batches {
  return {
    putBatch: ({ merkleRoot, total, largest, initiators, ...rest }, requestIds) => {
      database.transaction(() => {
        database.run(
          `INSERT INTO batches (${columns})
             VALUES ($merkleRoot, $operation, $asset, $chainId, $count, $total, $largest, $by, $at, $initiators, $leaf)`,
          {
            ...rest,
            merkleRoot,
            total: total.toString(),
            largest: largest.toString(),
            initiators: toJson(initiators),
          },
        );
        for (const requestId of requestIds) {
          const put = database.run(
            "INSERT INTO batch_legs (request_id, batch) SELECT $requestId, id FROM batches WHERE root = $merkleRoot",
            { requestId, merkleRoot },
          );
          invariant(put === 1, "a leg is of a batch that is in the journal");
        }
      });
    },
    batch: (merkleRoot) =>
      readOptional(batchRow, database.get(`SELECT ${columns} FROM batches WHERE root = $merkleRoot`, { merkleRoot })),
    batchesWith: (requestId) =>
      readRows(
        batchRow,
        database.all(
          `SELECT ${columns} FROM batches WHERE id IN (SELECT batch FROM batch_legs WHERE request_id = $requestId)
             ORDER BY id`,
          { requestId },
        ),
      ),
  };
}
