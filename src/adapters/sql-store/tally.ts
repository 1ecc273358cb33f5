/** How much there is to do: counts over open requests alone, each found through an index. */
import type { Store, Tally } from "../../flow/serve/store.port.ts";
import { stateSchema } from "../../request/state.ts";
import { addressSchema } from "../../values/schema.ts";
import { answering, type Database } from "./database.ts";
import { open } from "./open-requests.ts";
import { readRequest } from "./rows.ts";

export function tallyTables({ db }: Pick<Database, "db">): Pick<Store, "tally"> {
  return {
    tally: (now) =>
      answering(async () => {
        const [counted, lanes, leased] = await Promise.all([
          countStates(db),
          countLanes(db),
          db
            .selectFrom("requests")
            .select((is) => is.fn.countAll().as("count"))
            .where("due_at", "is not", null)
            .where("leased_until", ">", now)
            .executeTakeFirst(),
        ]);
        return { states: counted, lanes, leased: Number(leased?.count ?? 0) };
      }),
  };
}

async function countStates(db: Database["db"]): Promise<Tally["states"]> {
  const rows = await db
    .selectFrom("requests")
    .select((is) => ["state", is.fn.countAll().as("count"), is.fn.min("leaf").as("oldest")])
    .where("state", "in", open)
    .groupBy("state")
    .execute();
  const found = await Promise.all(
    rows.map(async ({ state, count, oldest }) => {
      const row = await db
        .selectFrom("requests")
        .select(["body", "due_at"])
        .where("state", "=", state)
        .where("leaf", "=", oldest)
        .executeTakeFirst();
      // It went on between the two looks: the next one counts it where it is then.
      if (row === undefined) return [];
      return [{ state: stateSchema.parse(state), count: Number(count), oldestAt: readRequest(row).createdAt }];
    }),
  );
  return found.flat();
}

async function countLanes(db: Database["db"]): Promise<Tally["lanes"]> {
  const rows = await db
    .selectFrom("requests")
    .select((is) => ["chain_id", "account", is.fn.countAll().as("count")])
    .where("state", "in", open)
    .where("nonce", "is not", null)
    .groupBy(["chain_id", "account"])
    .orderBy("chain_id")
    .orderBy("account")
    .execute();
  return rows.map((row) => ({
    chainId: row.chain_id,
    account: addressSchema.parse(row.account),
    open: Number(row.count),
  }));
}
