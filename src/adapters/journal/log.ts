/** The log inside the journal: leaves as written, every complete subtree, and the gate's time and epoch. */
import { z } from "zod";
import type { Entry } from "../../log/entry.ts";
import { encodeLeaf } from "../../log/leaf.ts";
import { appendNodes, leafHash } from "../../log/merkle.ts";
import type { Journal } from "../../flow/gate/journal.port.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, countSchema, instantSchema } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import type { Database } from "./connection.ts";
import { readOptional, readRow, readRows } from "./row.ts";

type Log = Pick<Journal, "lastInstant" | "advance" | "epoch" | "append" | "size" | "leaves" | "node">;

const stateRow = z.strictObject({ last_instant: instantSchema, epoch: countSchema.min(1) });
const sizeRow = z.strictObject({ size: countSchema });
const nodeRow = z.strictObject({ hash: bytes32Schema }).transform(({ hash }) => hash);
const leafRow = z
  .strictObject({ leaf: countSchema, bytes: z.instanceof(Uint8Array) })
  .transform(({ leaf, bytes }) => ({ index: leaf, bytes }));

export function logOf(database: Database): Log {
  const state = (): z.output<typeof stateRow> =>
    readRow(stateRow, database.get("SELECT last_instant, epoch FROM state WHERE id = 1") ?? {});
  const size = (): number =>
    readRow(sizeRow, database.get("SELECT coalesce(max(leaf) + 1, 0) AS size FROM leaves") ?? {}).size;
  const advance = (to: number): void => {
    database.run("UPDATE state SET last_instant = $to WHERE id = 1 AND last_instant < $to", { to });
  };
  const node = (level: number, index: number): Bytes32 => {
    const row = database.get("SELECT hash FROM nodes WHERE level = $level AND position = $index", { level, index });
    const hash = readOptional(nodeRow, row);
    invariant(hash !== undefined, `the log has no complete subtree ${index} of level ${level}`);
    return hash;
  };
  return {
    lastInstant: () => state().last_instant,
    advance,
    epoch: () => state().epoch,
    append: (entry: Entry) =>
      database.transaction(() => {
        const { last_instant: last, epoch } = state();
        invariant(
          entry.instant >= last && entry.epoch === epoch,
          "a leaf is of the current epoch and never of the past",
        );
        const leaf = size();
        const bytes = encodeLeaf(toWire(entry));
        database.run("INSERT INTO leaves (leaf, bytes) VALUES ($leaf, $bytes)", { leaf, bytes });
        for (const { level, index, hash } of appendNodes(leaf, leafHash(bytes), node)) {
          database.run("INSERT INTO nodes (level, position, hash) VALUES ($level, $index, $hash)", {
            level,
            index,
            hash,
          });
        }
        if (entry.kind === "permit" || entry.kind === "filler")
          database.run("INSERT INTO permit_leaves (digest, leaf) VALUES ($digest, $leaf)", {
            digest: entry.digest,
            leaf,
          });
        advance(entry.instant);
        return leaf;
      }),
    size,
    leaves: (from, limit) =>
      readRows(
        leafRow,
        database.all("SELECT leaf, bytes FROM leaves WHERE leaf >= $from ORDER BY leaf LIMIT $limit", { from, limit }),
      ),
    node,
  };
}
