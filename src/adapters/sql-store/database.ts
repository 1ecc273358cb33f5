/** A database of either kind: what changes is written one after the other, and every failure of it is a `Fault`. */
import { sql, type Kysely, type Transaction } from "kysely";
import { Migrator } from "kysely/migration";
import { Fault, InvariantViolation } from "../../values/errors.ts";
import { ChangeGroup } from "./change-group.ts";
import { migrations } from "./migrations.ts";
import type { Tables } from "./tables.ts";

export type Engine = "sqlite" | "postgres";
export type Database = { readonly db: Kysely<Tables>; readonly engine: Engine; readonly changes: ChangeGroup };

export function databaseOf(db: Kysely<Tables>, engine: Engine): Database {
  const alone = async (tx: Transaction<Tables>): Promise<void> => {
    if (engine === "postgres") await sql`select pg_advisory_xact_lock(${lockNumber})`.execute(tx);
  };
  return { db, engine, changes: new ChangeGroup(db, alone) };
}

/** Thrown inside a change to undo it: somebody else was first. */
export class Stale extends Error {}

/** Any 63 bits will do, so long as every replica uses the same. */
const lockNumber = 5_206_129_671_337_001n;

export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvariantViolation || error instanceof Stale || error instanceof Fault) throw error;
    const why = isFull(error) ? "the disk of the store is full" : "the store does not answer";
    throw new Fault("store.unavailable", why, "safe", error);
  }
}

/** SQLITE_FULL, https://www.sqlite.org/rescode.html; disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isOfSqlite = "errcode" in error && typeof error.errcode === "number" && (error.errcode & 0xff) === 13;
  return isOfSqlite || ("code" in error && error.code === "53100");
}

/**
 * One change at a time, on every replica: numbers given inside become visible in their order, so that a reader of the outbox
 * misses nothing. SQLite has one connection, PostgreSQL a lock that ends with the transaction.
 */
export async function change<T>({ changes }: Database, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return await answering(() => changes.add(work));
}

/** Brings the tables up to date; two replicas that start together wait for each other. */
export async function migrate({ db }: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Fault("store.migration", "the tables of the store cannot be brought up to date", "never", error);
}
