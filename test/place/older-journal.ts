/** A gate's journal as the release before fillers left it: the next opening migrates it. */
import { DatabaseSync } from "node:sqlite";

/** Takes back what the third to the ninth migration added; the gate that had the file is closed. */
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
      DROP INDEX allocations_stopping;
      DROP TABLE restorations;
      DROP TABLE redemptions;
      PRAGMA user_version = 2;
    `);
  } finally {
    handle.close();
  }
}
