/** The store for several replicas: the same tables and queries on a PostgreSQL primary that writes through to its disk. */
import { Kysely, PostgresDialect, sql } from "kysely";
import type { Store } from "../../flow/serve/store.port.ts";
import { Fault } from "../../values/errors.ts";
import { answering, migrate, type Database } from "./database.ts";
import { createStore } from "./store.ts";
import type { Tables } from "./tables.ts";

const int8 = 20;

/** `url` as in `postgres://user@host:port/database`. Refuses a read-only server and one that may forget what it said was stored. */
export async function openPostgresStore(url: string): Promise<Store> {
  const { default: pg } = await driver();
  const numbers = new pg.TypeOverrides();
  numbers.setTypeParser(int8, readInt8);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    types: numbers,
  });
  // A connection that dies while idle is replaced; the call that needs it says so itself.
  pool.on("error", () => undefined);
  const database: Database = { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), engine: "postgres" };
  try {
    await answering(() => checkServer(database));
    await migrate(database);
  } catch (error) {
    await database.db.destroy();
    throw error;
  }
  return createStore(database);
}

async function driver(): Promise<typeof import("pg")> {
  try {
    return await import("pg");
  } catch (error) {
    throw new Fault("store.no-driver", "the package `pg` is not installed; PostgreSQL needs it", "never", error);
  }
}

async function checkServer({ db }: Database): Promise<void> {
  const wanted = { fsync: "on", synchronous_commit: "on", full_page_writes: "on", transaction_read_only: "off" };
  for (const [name, value] of Object.entries(wanted)) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    const found = rows[0]?.value ?? "unknown";
    if (found !== value) {
      throw new Fault(
        "store.unsafe-server",
        `the PostgreSQL server has \`${name}\` \`${found}\`; it must be \`${value}\``,
        "never",
      );
    }
  }
}

/** Every number we store is a safe integer; one that is not was written by somebody else. */
function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Fault("store.unavailable", `the store holds the number \`${text}\``, "never");
  return value;
}
