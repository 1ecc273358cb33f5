/** What witnesses said of the log: the newest cosigned checkpoint, one that is not of this journal, and where permits stand in the tree. */
import { z } from "zod";
import type { Journal } from "../../flow/gate/journal.port.ts";
import { countSchema } from "../../values/schema.ts";
import type { Database, Row } from "./connection.ts";
import { readOptional } from "./row.ts";

type Testimony = Pick<
  Journal,
  "witnessed" | "putWitnessed" | "strangeCheckpoint" | "putStrangeCheckpoint" | "permitLeaf"
>;

const checkpointRow = z.strictObject({ size: countSchema, checkpoint: z.string() });
const leafRow = z.strictObject({ leaf: countSchema }).transform(({ leaf }) => leaf);

export function testimonyOf(database: Database): Testimony {
  const kept = (kind: "witnessed" | "strange"): Row | undefined =>
    database.get("SELECT size, checkpoint FROM checkpoints WHERE kind = $kind", { kind });
  const keep = (kind: "witnessed" | "strange", size: number, checkpoint: string): void => {
    database.run(
      `INSERT INTO checkpoints (kind, size, checkpoint) VALUES ($kind, $size, $checkpoint)
         ON CONFLICT (kind) DO UPDATE SET size = $size, checkpoint = $checkpoint`,
      { kind, size, checkpoint },
    );
  };
  return {
    witnessed: () => readOptional(checkpointRow, kept("witnessed")),
    putWitnessed: ({ size, checkpoint }) => {
      keep("witnessed", size, checkpoint);
    },
    strangeCheckpoint: () => readOptional(checkpointRow, kept("strange"))?.checkpoint,
    putStrangeCheckpoint: (checkpoint) => {
      keep("strange", 0, checkpoint);
    },
    permitLeaf: (digest) =>
      readOptional(leafRow, database.get("SELECT leaf FROM permit_leaves WHERE digest = $digest", { digest })),
  };
}
