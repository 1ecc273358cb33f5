/** What observers saw: the newest of each kind, everything a decision used, and how far each fact has been used. */
import { z } from "zod";
import type { Journal, StoredObservation } from "../../flow/gate/journal.port.ts";
import { parse as parseInstant } from "../../values/instant.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, countSchema, instantSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { envelopeColumn } from "./envelope-column.ts";
import { optional, readOptional, readRow, readRows } from "./row.ts";

type Observations = Pick<
  Journal,
  | "putObservation"
  | "observation"
  | "observations"
  | "setObservationLeaf"
  | "newestBlockTimes"
  | "usedBlock"
  | "raiseUsedBlock"
  | "highestRound"
  | "raiseRound"
>;

const blocksKept = 3;
/** An observer that signs one block again and again fills no disk. */
const perBlockKept = 3;
/** More than one insertion brings, so that expired ones never pile up; few enough that no insertion waits. */
const expiredAtOnce = 20;

const columns = "hash, chain_id, subject, fact, observer, block_number, at, leaf, envelope";

const envelopes = envelopeColumn();

const observationRow: z.ZodType<StoredObservation> = z
  .strictObject({
    hash: bytes32Schema,
    chain_id: countSchema,
    subject: z.string(),
    fact: z.string(),
    observer: nameSchema,
    block_number: countSchema,
    at: instantSchema,
    leaf: optional(countSchema),
    envelope: envelopes.schema,
  })
  .transform(({ chain_id: chainId, block_number: blockNumber, ...rest }) => ({ ...rest, chainId, blockNumber }));
const timeRow = z
  .strictObject({ observer: nameSchema, block_time: instantSchema })
  .transform(({ observer, block_time: blockTime }) => ({ observer, blockTime }));
const roundRow = z.strictObject({ round: z.string().transform(BigInt) });
const usedRow = z.strictObject({ block_number: countSchema });

const ofOne = "chain_id = $chainId AND subject = $subject AND fact = $fact AND observer = $observer";

/** Nothing but the newest blocks of this observer and fact, except for what has a leaf. */
const trim = `DELETE FROM observations WHERE ${ofOne} AND leaf IS NULL AND (
    block_number NOT IN (SELECT DISTINCT block_number FROM observations WHERE ${ofOne} ORDER BY block_number DESC LIMIT ${blocksKept})
    OR (block_number = $blockNumber AND id NOT IN (
      SELECT id FROM observations WHERE ${ofOne} AND block_number = $blockNumber ORDER BY id DESC LIMIT ${perBlockKept}))
  )`;

const dropExpired = `DELETE FROM observations WHERE id IN (
    SELECT id FROM observations WHERE leaf IS NULL AND expires_at <= $at ORDER BY expires_at LIMIT ${expiredAtOnce})`;

/** All but used ones below the used block: nothing can be decided on those any more, and they grow without end. */
const decidable = `SELECT ${columns} FROM observations WHERE id IN (
    SELECT id FROM observations WHERE chain_id = $chainId AND subject = $subject AND fact = $fact AND leaf IS NULL
    UNION
    SELECT id FROM observations WHERE chain_id = $chainId AND subject = $subject AND fact = $fact AND block_number >= coalesce(
      (SELECT block_number FROM used_blocks WHERE chain_id = $chainId AND subject = $subject AND fact = $fact), 0)
  ) ORDER BY block_number, id`;

/** One step of the index for each observer, however many observations there are. */
const newestTimes = `WITH RECURSIVE seen (observer) AS (
    SELECT min(observer) FROM observations WHERE chain_id = $chainId
    UNION ALL
    SELECT (SELECT min(observer) FROM observations WHERE chain_id = $chainId AND observer > seen.observer)
    FROM seen WHERE seen.observer IS NOT NULL
  )
  SELECT observer, (SELECT max(block_time) FROM observations WHERE chain_id = $chainId AND observer = seen.observer) AS block_time
  FROM seen WHERE observer IS NOT NULL`;

export function observationsOf(database: Database): Observations {
  return {
    putObservation: (observation) =>
      database.transaction(() => {
        const { hash, chainId, subject, fact, observer, blockNumber, at } = observation;
        database.run(dropExpired, { at });
        insert(database, observation);
        database.run(trim, { chainId, subject, fact, observer, blockNumber });
        return database.get("SELECT 1 AS kept FROM observations WHERE hash = $hash", { hash }) !== undefined;
      }),
    observation: (hash) =>
      readOptional(observationRow, database.get(`SELECT ${columns} FROM observations WHERE hash = $hash`, { hash })),
    observations: (chainId, subject, fact) =>
      readRows(observationRow, database.all(decidable, { chainId, subject, fact })),
    setObservationLeaf: (hash, leaf) => {
      const changed = database.run("UPDATE observations SET leaf = $leaf WHERE hash = $hash AND leaf IS NULL", {
        hash,
        leaf,
      });
      invariant(changed === 1, "an observation that is stored gets one leaf");
    },
    newestBlockTimes: (chainId) => readRows(timeRow, database.all(newestTimes, { chainId })),
    usedBlock: (chainId, subject, fact) => {
      const row = database.get(
        "SELECT block_number FROM used_blocks WHERE chain_id = $chainId AND subject = $subject AND fact = $fact",
        { chainId, subject, fact },
      );
      return row === undefined ? -1 : readRow(usedRow, row).block_number;
    },
    raiseUsedBlock: (chainId, subject, fact, blockNumber) => {
      database.run(
        `INSERT INTO used_blocks (chain_id, subject, fact, block_number) VALUES ($chainId, $subject, $fact, $blockNumber)
         ON CONFLICT DO UPDATE SET block_number = excluded.block_number WHERE excluded.block_number > used_blocks.block_number`,
        { chainId, subject, fact, blockNumber },
      );
    },
    highestRound: (chainId, subject) => {
      const row = database.get("SELECT round FROM feed_rounds WHERE chain_id = $chainId AND subject = $subject", {
        chainId,
        subject,
      });
      return row === undefined ? 0n : readRow(roundRow, row).round;
    },
    raiseRound: (chainId, subject, round) => {
      database.run(
        `INSERT INTO feed_rounds (chain_id, subject, round) VALUES ($chainId, $subject, $round)
         ON CONFLICT DO UPDATE SET round = excluded.round WHERE length(excluded.round) > length(feed_rounds.round)
           OR (length(excluded.round) = length(feed_rounds.round) AND excluded.round > feed_rounds.round)`,
        { chainId, subject, round: round.toString() },
      );
    },
  };
}

function insert(database: Database, observation: Omit<StoredObservation, "leaf">): void {
  const { envelope, ...rest } = observation;
  // The gate has read this envelope already; what it says of time is what the observer signed.
  const blockTime = parseInstant(envelope.message["blockTime"]);
  const expiresAt = parseInstant(envelope.message["expiresAt"]);
  database.run(
    `INSERT INTO observations (hash, chain_id, subject, fact, observer, block_number, block_time, expires_at, at, envelope)
     VALUES ($hash, $chainId, $subject, $fact, $observer, $blockNumber, $blockTime, $expiresAt, $at, $envelope)`,
    { ...rest, blockTime, expiresAt, envelope: envelopes.textOf(envelope) },
  );
}
