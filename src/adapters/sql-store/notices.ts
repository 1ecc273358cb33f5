/** What receivers are still to be told: rows put by the change that they tell of, taken by one sender each. */
import { sql, type Transaction } from "kysely";
import type { Addressed, Store } from "../../flow/serve/store.port.ts";
import { noticeSchema } from "../../request/notice.ts";
import { canonical } from "../../values/json.ts";
import { instantSchema } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import { answering, change, type Database } from "./database.ts";
import type { Tables } from "./tables.ts";

type Notices = Pick<Store, "claimNotice" | "settleNotice" | "forgetNotices" | "noticeTallies">;

/** A key that a receiver has already is left as it is, whatever became of it. */
export async function putNotices(tx: Transaction<Tables>, notices: readonly Addressed[]): Promise<void> {
  const rows = notices.flatMap(({ notice, receivers }) => receivers.map((receiver) => ({ notice, receiver })));
  if (rows.length === 0) return;
  const last = await tx.selectFrom("notices").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
  let id = last?.id ?? 0;
  for (const { notice, receiver } of rows) {
    id += 1;
    const begun = { due_at: notice.at, leased_until: 0, tries: 0, state: "pending", ended_at: null, why: "" };
    const row = { id, receiver, notice_key: notice.key, at: notice.at, body: canonical(toWire(notice)), ...begun };
    await tx
      .insertInto("notices")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export function noticeTables(database: Database): Notices {
  const { db } = database;
  return {
    claimNotice: (receiver, now, until) =>
      change(database, async (tx) => {
        const row = await tx
          .selectFrom("notices")
          .select(["id", "body", "tries"])
          .where("receiver", "=", receiver)
          .where("due_at", "<=", now)
          .where("leased_until", "<=", now)
          .orderBy("due_at")
          .orderBy("id")
          .limit(1)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        await tx.updateTable("notices").set({ leased_until: until }).where("id", "=", row.id).execute();
        return { id: row.id, notice: noticeSchema.parse(JSON.parse(row.body)), tries: row.tries };
      }),
    settleNotice: (id, settled) =>
      answering(async () => {
        const row =
          settled.kind === "later"
            ? { due_at: settled.dueAt, why: settled.why, tries: sql<number>`tries + 1` }
            : {
                due_at: null,
                ended_at: settled.at,
                state: settled.kind,
                why: settled.kind === "given-up" ? settled.why : "",
              };
        // A sender whose lease ended changes nothing of what another one delivered meanwhile.
        await db
          .updateTable("notices")
          .set({ ...row, leased_until: 0 })
          .where("id", "=", id)
          .where("state", "=", "pending")
          .execute();
      }),
    forgetNotices: (before) =>
      answering(async () => {
        await db.deleteFrom("notices").where("ended_at", "<", before).execute();
      }),
    noticeTallies: () =>
      answering(async () => {
        const rows = await db
          .selectFrom("notices")
          .select((is) => ["receiver", "state", is.fn.countAll().as("count"), is.fn.min("at").as("oldest")])
          .where("state", "in", ["pending", "given-up"])
          .groupBy(["receiver", "state"])
          .execute();
        return [...new Set(rows.map(({ receiver }) => receiver))].sort().map((receiver) => {
          const of = (state: string): (typeof rows)[number] | undefined =>
            rows.find((row) => row.receiver === receiver && row.state === state);
          const pending = of("pending");
          return {
            receiver,
            pending: Number(pending?.count ?? 0),
            oldestAt: pending === undefined ? undefined : instantSchema.parse(pending.oldest),
            givenUp: Number(of("given-up")?.count ?? 0),
          };
        });
      }),
  };
}
