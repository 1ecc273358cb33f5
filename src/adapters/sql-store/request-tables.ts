/** Requests, their history and the outbox: what one transition writes, and what readers see. */
import { sql, type Kysely, type RawBuilder, type Transaction } from "kysely";
import type { Happening, OutboxRow, RequestFilter, Store, Transition } from "../../flow/serve/store.port.ts";
import { signedOn, type Request } from "../../request/request.ts";
import { stateSchema } from "../../request/state.ts";
import { InvariantViolation } from "../../values/errors.ts";
import { bytes32Schema, instantSchema } from "../../values/schema.ts";
import { answering, Stale, type Database } from "./database.ts";
import { readRequest, requestRow } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** Throws `Stale` when the stored revision is not the one before. `release` gives the request back to the queue. */
export async function putTransition(
  tx: Transaction<Tables>,
  { request, happening }: Transition,
  release: boolean,
): Promise<void> {
  const { request_id: requestId, revision, ...row } = requestRow(request);
  const written =
    revision === 0
      ? await tx
          .insertInto("requests")
          .values({ request_id: requestId, revision, leased_until: 0, ...row })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
      : await tx
          .updateTable("requests")
          .set({ ...row, revision, ...(release ? { leased_until: 0 } : {}) })
          .where("request_id", "=", requestId)
          .where("revision", "=", revision - 1)
          .executeTakeFirst();
  const count = "numUpdatedRows" in written ? written.numUpdatedRows : written.numInsertedOrUpdatedRows;
  if (count !== 1n) throw new Stale();
  await keepSigned(tx, request);
  if (happening !== undefined) await putHappening(tx, request, happening);
}

/** Signed bytes are added once, fillers too; a request that would lose some is a bug, and nothing is stored. */
async function keepSigned(tx: Transaction<Tables>, request: Request): Promise<void> {
  const { requestId, submission } = request;
  const held = signedOn(request);
  const kept = await tx.selectFrom("transactions").select("raw").where("request_id", "=", requestId).execute();
  if (kept.some(({ raw }) => !held.some((one) => one.raw === raw)))
    throw new InvariantViolation(`request ${requestId} would lose its signed bytes`);
  const fresh = held.filter((one) => !kept.some(({ raw }) => raw === one.raw));
  // Where the log is read later than it was written, the outcome of a request comes with its signature.
  const settled = fresh.length > 0 && (await hasOutcome(tx, requestId)) ? 1 : 0;
  for (const { txHash, raw } of fresh) {
    const row = { tx_hash: txHash, request_id: requestId, chain_id: submission.chainId, raw, settled };
    await tx.insertInto("transactions").values(row).execute();
  }
}

async function hasOutcome(tx: Transaction<Tables>, requestId: string): Promise<boolean> {
  const found = tx.selectFrom("outcomes").select("tx_hash").where("request_id", "=", requestId).limit(1);
  return (await found.executeTakeFirst()) !== undefined;
}

async function putHappening(
  tx: Transaction<Tables>,
  { requestId, state }: Request,
  { at, event, detail }: Happening,
): Promise<void> {
  const row = { id: nextNumber("happenings"), request_id: requestId, at, event, detail };
  await tx.insertInto("happenings").values(row).execute();
  await tx
    .insertInto("outbox")
    .values({ id: nextNumber("outbox"), request_id: requestId, state, at })
    .execute();
}

/** The next number of a table, as part of the statement that inserts it; inside `change`, so that no two callers get the same. */
export function nextNumber(table: "happenings" | "outbox" | "attempts"): RawBuilder<number> {
  return sql<number>`(select coalesce(max(id), 0) + 1 from ${sql.table(table)})`;
}

type Requests = Pick<Store, "request" | "requests" | "history" | "outbox" | "lastOutboxRow">;

export function requestTables({ db }: Database): Requests {
  return {
    request: (requestId) =>
      answering(async () => {
        const row = await db
          .selectFrom("requests")
          .select(["body", "due_at"])
          .where("request_id", "=", requestId)
          .executeTakeFirst();
        return row === undefined ? undefined : readRequest(row);
      }),
    requests: (filter) => answering(() => listed(db, filter)),
    history: (requestId) =>
      answering(async () => {
        const rows = await db
          .selectFrom("happenings")
          .select(["at", "event", "detail"])
          .where("request_id", "=", requestId)
          .orderBy("id")
          .execute();
        return rows.map((row) => ({ ...row, at: instantSchema.parse(row.at) }));
      }),
    outbox: (after, limit) =>
      answering(async () => {
        const rows = await db
          .selectFrom("outbox")
          .selectAll()
          .where("id", ">", after)
          .orderBy("id")
          .limit(limit)
          .execute();
        return rows.map(readOutboxRow);
      }),
    lastOutboxRow: () =>
      answering(
        async () =>
          (await db.selectFrom("outbox").select("id").orderBy("id", "desc").limit(1).executeTakeFirst())?.id ?? 0,
      ),
  };
}

async function listed(
  db: Kysely<Tables>,
  { state, asset, initiator, batch, distribution, after, limit }: RequestFilter,
): Promise<readonly Request[]> {
  let query = db.selectFrom("requests").select(["body", "due_at"]).orderBy("leaf", "desc").limit(limit);
  if (state !== undefined) query = query.where("state", "=", state);
  if (asset !== undefined) query = query.where("asset", "=", asset);
  if (distribution !== undefined) query = query.where("distribution", "=", distribution);
  if (initiator !== undefined) query = query.where("initiator", "=", initiator);
  if (batch !== undefined)
    query = query.where("request_id", "in", (from) =>
      from.selectFrom("legs").select("legs.request_id").where("legs.root", "=", batch),
    );
  if (after !== undefined) {
    query = query.where("leaf", "<", (from) =>
      from.selectFrom("requests as later").select("later.leaf").where("later.request_id", "=", after),
    );
  }
  return (await query.execute()).map(readRequest);
}

function readOutboxRow({ id, request_id: requestId, state, at }: Tables["outbox"]): OutboxRow {
  return {
    id,
    requestId: bytes32Schema.parse(requestId),
    state: stateSchema.parse(state),
    at: instantSchema.parse(at),
  };
}
