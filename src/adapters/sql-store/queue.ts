/** Which request is worked on next, and by whom: due ones, lower nonces first, each taken by one caller. */
import type { Transaction } from "kysely";
import type { Store, Wake } from "../../flow/serve/store.port.ts";
import type { Request } from "../../request/request.ts";
import { ends } from "../../request/state.ts";
import { instantSchema } from "../../values/schema.ts";
import { answering, change, type Database } from "./database.ts";
import { open } from "./open-requests.ts";
import { readRequest } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** States in which a nonce is taken and its transaction has not gone out. */
const unsent = ["allocated", "signing", "signed"];

/** Ends that leave a nonce open as long as they are due; what is final is due for its second leg. */
const unused = ends.filter((end) => end !== "final" && end !== "reverted");

/** Those, and sent ones that nothing was seen of in a block. */
const unmined = [...unsent, "broadcast"];

/** However many they are, together. */
export async function wake(tx: Transaction<Tables>, { batch, at }: Wake): Promise<void> {
  await tx
    .updateTable("requests")
    .set({ due_at: at })
    .where("request_id", "in", (from) =>
      from.selectFrom("legs").select("legs.request_id").where("legs.root", "=", batch),
    )
    .where("due_at", ">", at)
    .where("state", "in", open)
    .execute();
}

type Queue = Pick<
  Store,
  "claim" | "renew" | "release" | "hasten" | "lowestUnsent" | "openBefore" | "holdingUp" | "owing" | "nextDue"
>;

export function queue(database: Database): Queue {
  const { db, engine } = database;
  return {
    claim: (now, until, limit) =>
      change(database, async (tx) => {
        const rows = await tx
          .selectFrom("requests")
          .select(["request_id", "body", "due_at"])
          .where("due_at", "<=", now)
          .where("leased_until", "<=", now)
          .orderBy("nonce")
          .orderBy("due_at")
          .limit(limit)
          .$if(engine === "postgres", (query) => query.forUpdate().skipLocked())
          .execute();
        const ids = rows.map((row) => row.request_id);
        if (ids.length > 0)
          await tx.updateTable("requests").set({ leased_until: until }).where("request_id", "in", ids).execute();
        return rows.map(readRequest);
      }),
    renew: (requestIds, until) =>
      change(database, async (tx) => {
        if (requestIds.length === 0) return;
        const claimed = tx.updateTable("requests").set({ leased_until: until }).where("request_id", "in", requestIds);
        await claimed.where("leased_until", ">", 0).execute();
      }),
    release: (requestId) =>
      change(database, async (tx) => {
        await tx.updateTable("requests").set({ leased_until: 0 }).where("request_id", "=", requestId).execute();
      }),
    hasten: (chainId, account, now) =>
      change(database, async (tx) => {
        const next = await lowestUnsent(tx, chainId, account);
        if (next?.state !== "signed") return;
        const waiting = tx.updateTable("requests").set({ due_at: now }).where("request_id", "=", next.request_id);
        await waiting.where("due_at", ">", now).execute();
      }),
    lowestUnsent: (chainId, account) =>
      answering(async () => (await lowestUnsent(db, chainId, account))?.nonce ?? undefined),
    openBefore: (chainId, account, nonce) => answering(() => openBefore(db, { chainId, account, nonce })),
    holdingUp: (limit) => answering(() => holdingUp(db, limit)),
    owing: (limit) => answering(() => owing(db, limit)),
    nextDue: () =>
      answering(async () => {
        const row = await db
          .selectFrom("requests")
          .select("due_at")
          .where("due_at", "is not", null)
          .orderBy("due_at")
          .limit(1)
          .executeTakeFirst();
        return row?.due_at === undefined || row.due_at === null ? undefined : instantSchema.parse(row.due_at);
      }),
  };
}

async function lowestUnsent(
  db: Database["db"],
  chainId: number,
  account: string,
): Promise<Pick<Tables["requests"], "request_id" | "nonce" | "state"> | undefined> {
  return await db
    .selectFrom("requests")
    .select(["request_id", "nonce", "state"])
    .where("chain_id", "=", chainId)
    .where("account", "=", account)
    .where("state", "in", unsent)
    .where("nonce", "is not", null)
    .orderBy("nonce")
    .limit(1)
    .executeTakeFirst();
}

type Lane = { readonly chainId: number; readonly account: string; readonly nonce: number };

async function openBefore(db: Database["db"], { chainId, account, nonce }: Lane): Promise<Request | undefined> {
  const row = await db
    .selectFrom("requests")
    .select(["body", "due_at"])
    .where("chain_id", "=", chainId)
    .where("account", "=", account)
    .where("nonce", "<", nonce)
    // What ended is due only as long as its nonce is to be closed.
    .where((is) =>
      is.or([is("state", "in", unmined), is.and([is("state", "in", unused), is("due_at", "is not", null)])]),
    )
    .orderBy("nonce", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : readRequest(row);
}

async function holdingUp(db: Database["db"], limit: number): Promise<readonly Request[]> {
  const rows = await db
    .selectFrom("requests")
    .select(["body", "due_at"])
    .where("due_at", "is not", null)
    .where("state", "in", unused)
    .where((is) =>
      is.exists(
        is
          .selectFrom("requests as later")
          .select("later.nonce")
          .whereRef("later.chain_id", "=", "requests.chain_id")
          .whereRef("later.account", "=", "requests.account")
          .whereRef("later.nonce", ">", "requests.nonce")
          .where("later.state", "in", unmined),
      ),
    )
    .orderBy("nonce")
    .limit(limit)
    .execute();
  return rows.map(readRequest);
}

async function owing(db: Database["db"], limit: number): Promise<readonly Request[]> {
  const rows = await db
    .selectFrom("requests")
    .select(["body", "due_at"])
    .where("due_at", "is not", null)
    .where("state", "=", "final")
    .orderBy("due_at")
    .limit(limit)
    .execute();
  return rows.map(readRequest);
}
