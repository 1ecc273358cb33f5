/** The store for several replicas: the same tables and queries on a PostgreSQL primary that writes through to its disk. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import type { Store } from "../../flow/serve/store.port.ts";
import { Fault } from "../../values/errors.ts";
import { answering, databaseOf, migrate, type Database } from "./database.ts";
import { createStore } from "./store.ts";
import type { Tables } from "./tables.ts";

const int8 = 20;
/** Any number will do but the one of `change`. */
const sessionLock = 5_206_129_671_337_002n;
const mostTries = 50;
/**
 * A replica that stands still within a change holds the lock that every change needs: the server ends its session after so long. Longer
 * than a busy machine keeps a process from its next query.
 */
const stillMs = 10_000;

/**
 * `url` as in `postgres://user@host:port/database`. Refuses a read-only server, one that may forget what it said was stored, and a
 * proxy that lends one session of the server to several of ours.
 */
export async function openPostgresStore(url: string): Promise<Store> {
  return createStore(await openPostgres(url));
}

/** The tables themselves, brought up to date. */
export async function openPostgres(url: string, longestStillMs = stillMs): Promise<Database> {
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
  // One that dies between two queries of a change tells nobody else: unheard, it would end the process.
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    // Asked of the session and not at its start, where a proxy that pools sessions refuses what it does not know. A session without is none.
    client.query(`set idle_in_transaction_session_timeout = ${longestStillMs}`).catch(() => client.end());
  });
  const database = databaseOf(new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), "postgres");
  try {
    await answering(async () => {
      await checkServer(database);
      await checkSessions(database);
    });
    await migrate(database);
  } catch (error) {
    await database.db.destroy();
    throw error;
  }
  return database;
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

/**
 * Two connections of ours that are one session of the server: a transaction of one may end in the other's hands. A session takes a lock
 * that it has already, and no other session does.
 */
async function checkSessions({ db }: Database): Promise<void> {
  const lock = sql<{ got: boolean }>`select pg_try_advisory_lock(${sessionLock}) as got`;
  const unlock = sql`select pg_advisory_unlock(${sessionLock})`;
  const got = async (connection: Kysely<Tables>): Promise<boolean> =>
    (await lock.execute(connection)).rows[0]?.got === true;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const shared = await db.connection().execute(async (one) => {
      if (!(await got(one))) return undefined;
      try {
        return await db.connection().execute(async (other) => {
          const again = await got(other);
          if (again) await unlock.execute(other);
          return again;
        });
      } finally {
        await unlock.execute(one);
      }
    });
    if (shared === false) return;
    if (shared === true)
      throw new Fault(
        "store.pooled-sessions",
        "a proxy before the PostgreSQL server shares its sessions; connect to the server itself, or let the proxy pool sessions",
        "never",
      );
    // Another replica looks at this moment.
    await sleep(100);
  }
  throw new Fault(
    "store.pooled-sessions",
    "it cannot be told whether a proxy shares the sessions of the PostgreSQL server",
    "safe",
  );
}

/** Every number we store is a safe integer; one that is not was written by somebody else. */
function readInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Fault("store.unavailable", `the store holds the number \`${text}\``, "never");
  return value;
}
