/** Distributions: which submission brought the document of each, and which requests are for whose part. */
import { z } from "zod";
import type { Journal, StoredDistribution } from "../../flow/gate/journal.port.ts";
import { bytes32Schema, countSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { optional, readOptional, readRows } from "./row.ts";

type Distributions = Pick<
  Journal,
  "putDistribution" | "distribution" | "unpaidDistributions" | "putPart" | "partRequests"
>;

const distributionRow: z.ZodType<StoredDistribution> = z
  .strictObject({
    hash: bytes32Schema,
    asset: nameSchema,
    chain_id: countSchema,
    record_block: countSchema,
    previous: optional(bytes32Schema),
    statement: bytes32Schema,
  })
  .transform(({ chain_id: chainId, record_block: recordBlock, ...rest }) => ({ ...rest, chainId, recordBlock }));
const requestRow = z.strictObject({ request_id: bytes32Schema }).transform(({ request_id }) => request_id);

const unpaid = `SELECT statements.about AS request_id FROM distributions
    JOIN statements ON statements.hash = distributions.statement
    WHERE distributions.asset = $asset AND statements.member = $member
      AND NOT EXISTS (SELECT 1 FROM allocations WHERE distribution = distributions.hash AND outcome <> 'reverted')
    ORDER BY statements.id`;

export function distributionsOf(database: Database): Distributions {
  return {
    putDistribution: (distribution) => {
      database.run(
        `INSERT INTO distributions (hash, asset, chain_id, record_block, previous, statement)
           VALUES ($hash, $asset, $chainId, $recordBlock, $previous, $statement)`,
        { ...distribution, previous: distribution.previous ?? null },
      );
    },
    distribution: (hash) =>
      readOptional(
        distributionRow,
        database.get(
          "SELECT hash, asset, chain_id, record_block, previous, statement FROM distributions WHERE hash = $hash",
          {
            hash,
          },
        ),
      ),
    unpaidDistributions: (asset, member) => readRows(requestRow, database.all(unpaid, { asset, member })),
    putPart: (part) => {
      database.run(
        "INSERT INTO parts (request_id, distribution, recipient) VALUES ($requestId, $distribution, $recipient)",
        { ...part },
      );
    },
    partRequests: (distribution, recipient) =>
      readRows(
        requestRow,
        database.all(
          "SELECT request_id FROM parts WHERE distribution = $distribution AND recipient = $recipient ORDER BY request_id",
          { distribution, recipient },
        ),
      ),
  };
}
