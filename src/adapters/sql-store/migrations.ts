/** How the tables came to be, in the same words for both databases. */
import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Untyped on purpose: a migration speaks of the tables of its day. */
async function first(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("requests")
    .addColumn("request_id", "text", (column) => column.primaryKey())
    .addColumn("leaf", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("asset", "text", (column) => column.notNull())
    .addColumn("initiator", "text", (column) => column.notNull())
    .addColumn("chain_id", "bigint", (column) => column.notNull())
    .addColumn("account", "text", (column) => column.notNull())
    .addColumn("nonce", "bigint")
    .addColumn("due_at", "bigint")
    .addColumn("leased_until", "bigint", (column) => column.notNull())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    // One request, one nonce: the gate says so, and this table would not hold anything else.
    .addUniqueConstraint("requests_nonce", ["chain_id", "account", "nonce"])
    .execute();
  await db.schema.createIndex("requests_due").on("requests").column("due_at").execute();
  await db.schema.createIndex("requests_leaf").on("requests").column("leaf").execute();
  await db.schema
    .createTable("happenings")
    .addColumn("id", "bigint", (column) => column.primaryKey())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("detail", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("happenings_request").on("happenings").column("request_id").execute();
  await db.schema
    .createTable("outbox")
    .addColumn("id", "bigint", (column) => column.primaryKey())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .execute();
  await chainTables(db);
  await mirrorTables(db);
}

async function chainTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("transactions")
    .addColumn("tx_hash", "text", (column) => column.primaryKey())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("chain_id", "bigint", (column) => column.notNull())
    .addColumn("raw", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("transactions_request").on("transactions").column("request_id").execute();
  await db.schema
    .createTable("attempts")
    .addColumn("id", "bigint", (column) => column.primaryKey())
    .addColumn("tx_hash", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("answer", "text")
    .execute();
  await db.schema.createIndex("attempts_transaction").on("attempts").column("tx_hash").execute();
  await db.schema
    .createTable("outcomes")
    .addColumn("tx_hash", "text", (column) => column.primaryKey())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("sightings")
    .addColumn("place", "text", (column) => column.primaryKey())
    .addColumn("chain_id", "bigint", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("fact", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("block_number", "bigint", (column) => column.notNull())
    .addColumn("block_time", "bigint", (column) => column.notNull())
    .addColumn("observer", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("sightings_subject").on("sightings").column("subject").execute();
}

async function mirrorTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("leaves")
    .addColumn("leaf_index", "bigint", (column) => column.primaryKey())
    .addColumn("leaf", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("about", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("leaves_about").on("leaves").column("about").execute();
  await db.schema
    .createTable("nodes")
    .addColumn("place", "text", (column) => column.primaryKey())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("statements")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("leaf", "bigint", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("about", "text", (column) => column.notNull())
    .addColumn("member", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("envelope", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("statements_about").on("statements").columns(["kind", "about"]).execute();
  await db.schema
    .createTable("documents")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "bigint", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .execute();
}

/** Lists and counts of one state no longer read the others. */
async function states(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("requests_state").on("requests").columns(["state", "leaf"]).execute();
}

/** What people outside are told: one row for each of them. */
async function notices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("notices")
    .addColumn("id", "bigint", (column) => column.primaryKey())
    .addColumn("receiver", "text", (column) => column.notNull())
    .addColumn("notice_key", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("due_at", "bigint")
    .addColumn("leased_until", "bigint", (column) => column.notNull())
    .addColumn("tries", "bigint", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("ended_at", "bigint")
    .addColumn("why", "text", (column) => column.notNull())
    .addUniqueConstraint("notices_once", ["receiver", "notice_key"])
    .execute();
  await db.schema.createIndex("notices_due").on("notices").columns(["receiver", "due_at"]).execute();
}

/** Whatever the past holds, the next of a lane and what waits for its outcome are found by a step of an index. */
async function lanes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex("requests_lane")
    .on("requests")
    .columns(["chain_id", "account", "state", "nonce"])
    .execute();
  await db.schema.createIndex("outcomes_request").on("outcomes").column("request_id").execute();
}

/** What waits for its outcome is told apart from all that ever had one. */
async function settled(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("transactions")
    .addColumn("settled", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update transactions set settled = 1 where request_id in (select request_id from outcomes)`.execute(db);
  await db.schema.createIndex("transactions_settled").on("transactions").columns(["settled", "tx_hash"]).execute();
}

/** Batches by their root and by the requests in them. */
async function legs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("legs")
    .addColumn("place", "text", (column) => column.primaryKey())
    .addColumn("batch", "bigint", (column) => column.notNull())
    .addColumn("root", "text", (column) => column.notNull())
    .addColumn("position", "bigint", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("legs_root").on("legs").columns(["root", "position"]).execute();
  await db.schema.createIndex("legs_request").on("legs").columns(["request_id", "batch"]).execute();
}

/** The parts of one distribution are found together, and what a distribution is of without reading its document. */
async function distributions(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("requests").addColumn("distribution", "text").execute();
  await db.schema.createIndex("requests_distribution").on("requests").columns(["distribution", "leaf"]).execute();
  await db.schema
    .createTable("distributions")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("leaf", "bigint", (column) => column.notNull())
    .addColumn("token", "text", (column) => column.notNull())
    .addColumn("record_block", "bigint", (column) => column.notNull())
    .addColumn("record_hash", "text", (column) => column.notNull())
    .execute();
}

/** In order of name; a migration that was released is never edited. */
export const migrations: Record<string, Migration> = {
  "001-first": { up: first },
  "002-states": { up: states },
  "003-notices": { up: notices },
  "004-lanes": { up: lanes },
  "005-settled": { up: settled },
  "006-legs": { up: legs },
  "007-distributions": { up: distributions },
};
