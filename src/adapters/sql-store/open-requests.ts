/** Requests that have not ended, by asset: added up where they lie, and a part of those whose decision is ahead. */
import { sql, type RawBuilder } from "kysely";
import type { Store } from "../../flow/serve/store.port.ts";
import { operationSchema } from "../../intent/operation.ts";
import { ends, stateSchema, states, undecided } from "../../request/state.ts";
import { amountSchema } from "../../values/schema.ts";
import { answering, type Database } from "./database.ts";
import { readRequest } from "./rows.ts";

/** States of requests that have not ended. */
export const open = states.filter((state) => !ends.some((end) => end === state));

export function openRequestTables({ db, engine }: Database): Pick<Store, "openAmounts" | "undecided"> {
  const submitted = (field: "operation" | "amount"): RawBuilder<string> =>
    engine === "postgres"
      ? sql<string>`body::json #>> ${sql.lit(`{submission,${field}}`)}`
      : sql<string>`json_extract(body, ${sql.lit(`$.submission.${field}`)})`;
  return {
    openAmounts: (asset) =>
      answering(async () => {
        const rows = await db
          .selectFrom("requests")
          .select((is) => [
            "state",
            submitted("operation").as("operation"),
            submitted("amount").as("amount"),
            is.fn.countAll().as("count"),
          ])
          .where("state", "in", open)
          .where("asset", "=", asset)
          .groupBy(["state", submitted("operation"), submitted("amount")])
          .execute();
        return rows.map(({ state, operation, amount, count }) => ({
          state: stateSchema.parse(state),
          operation: operationSchema.parse(operation),
          amount: amountSchema.parse(amount),
          count: Number(count),
        }));
      }),
    undecided: (asset, { skip, limit }) =>
      answering(async () => {
        const some = db
          .selectFrom("requests as open")
          .select("open.request_id")
          .where("open.state", "in", undecided)
          .where("open.asset", "=", asset)
          .orderBy("open.leaf")
          .limit(limit)
          .offset(skip);
        const rows = await db
          .selectFrom("requests")
          .select(["body", "due_at"])
          .where("request_id", "in", some)
          .orderBy("leaf")
          .execute();
        return rows.map(readRequest);
      }),
  };
}
