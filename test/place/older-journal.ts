/** A gate's journal as the release before fillers left it: the next opening migrates it. */
import { DatabaseSync } from "node:sqlite";

/** Takes back what the third migration and all after it added; the gate that had the file is closed. */
export function makeOlder(path: string): void {
  const handle = new DatabaseSync(path);
  try {
    handle.exec(`
      DROP TABLE permit_leaves;
      DROP TABLE checkpoints;
      DROP TRIGGER permits_purpose;
      DROP TRIGGER permits_declined;
      DROP TRIGGER permits_closed_0;
      DROP TRIGGER permits_closed_1;
      ALTER TABLE permits DROP COLUMN filler;
      ALTER TABLE permits DROP COLUMN doubt;
      ALTER TABLE permits DROP COLUMN declined;
      ALTER TABLE allocations DROP COLUMN closed;
      DROP TABLE batch_legs;
      DROP TABLE batches;
      DROP TABLE promotions;
      DROP TRIGGER allocations_part_frozen;
      DROP TRIGGER allocations_record;
      DROP INDEX allocations_raising;
      DROP INDEX allocations_part;
      DROP INDEX allocations_issued;
      CREATE INDEX allocations_minted ON allocations (asset, outcome_block)
        WHERE operation = 'mint' AND outcome IN ('success', 'mismatch');
      ALTER TABLE allocations DROP COLUMN distribution;
      DROP TABLE parts;
      DROP TABLE distributions;
      DROP INDEX allocations_stopping;
      DROP TABLE cancelled;
      DROP TABLE feed_rounds;
      DROP TABLE restorations;
      DROP TABLE redemptions;
      PRAGMA user_version = 2;
    `);
  } finally {
    handle.close();
  }
}
