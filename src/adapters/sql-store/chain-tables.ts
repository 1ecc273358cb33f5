/** What was sent to the chain and what was said of it: every attempt is a row before its bytes leave. */
import { sql } from "kysely";
import type { Store } from "../../flow/serve/store.port.ts";
import { bytes32Schema, instantSchema } from "../../values/schema.ts";
import { answering, change, type Database } from "./database.ts";
import { nextNumber } from "./request-tables.ts";

type Sent = Pick<Store, "recordAttempt" | "recordAnswer" | "attempts" | "unsettled">;

export function chainTables(database: Database): Sent {
  const { db } = database;
  return {
    recordAttempt: (txHash, at) =>
      change(database, async (tx) => {
        const row = { id: nextNumber("attempts"), tx_hash: txHash, at, answer: null };
        const { id } = await tx.insertInto("attempts").values(row).returning("id").executeTakeFirstOrThrow();
        return id;
      }),
    recordAnswer: (attempt, answer) =>
      change(database, async (tx) => {
        await tx.updateTable("attempts").set({ answer }).where("id", "=", attempt).execute();
      }),
    attempts: (txHash) =>
      answering(async () => {
        const rows = await db
          .selectFrom("attempts")
          .select(["at", "answer"])
          .where("tx_hash", "=", txHash)
          .orderBy("id")
          .execute();
        return rows.map((row) => ({ at: instantSchema.parse(row.at), answer: row.answer }));
      }),
    unsettled: (perLane) =>
      answering(async () => {
        const inTurn = sql<number>`row_number() over (partition by requests.chain_id, requests.account order by requests.nonce, tx_hash)`;
        const rows = await db
          .selectFrom((from) =>
            from
              .selectFrom("transactions")
              .innerJoin("requests", "requests.request_id", "transactions.request_id")
              .select(["tx_hash", "transactions.chain_id", inTurn.as("turn")])
              .where("settled", "=", 0)
              .as("open"),
          )
          .select(["tx_hash", "chain_id"])
          .where("turn", "<=", perLane)
          .orderBy("tx_hash")
          .execute();
        return rows.map((row) => ({ chainId: row.chain_id, txHash: bytes32Schema.parse(row.tx_hash) }));
      }),
  };
}
