/** The embedded store: one SQLite file, written through to the disk, open in one process only. */
import { chmodSync } from "node:fs";
import { DatabaseSync, type StatementSync, type SQLInputValue } from "node:sqlite";
import { Kysely, SqliteDialect, type SqliteDatabase } from "kysely";
import type { Store } from "../../flow/serve/store.port.ts";
import { Fault } from "../../values/errors.ts";
import { databaseOf, migrate, type Database } from "./database.ts";
import { createStore } from "./store.ts";
import type { Tables } from "./tables.ts";

const maxStatements = 500;
const nothing = { changes: 0, lastInsertRowid: 0 };

/** Opens or creates the file. A `Fault` `store.in-use` when another process has it, `store.unavailable` when the disk refuses. */
export async function openSqliteStore(path: string): Promise<Store> {
  const database = await openSqlite(path);
  // Nobody else is running, so nobody else holds a lease.
  await database.db.updateTable("requests").set({ leased_until: 0 }).execute();
  await database.db.updateTable("notices").set({ leased_until: 0 }).execute();
  return createStore(database);
}

/** The tables themselves, brought up to date, with nothing changed in them. */
export async function openSqlite(path: string): Promise<Database> {
  const file = openFile(path);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: prepared(file) }) });
  const database = databaseOf(db, "sqlite");
  await migrate(database);
  return database;
}

function openFile(path: string): DatabaseSync {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path);
    file.exec(
      "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;",
    );
    file.exec("begin exclusive; commit;");
    chmodSync(path, 0o600);
    return file;
  } catch (error) {
    file?.close();
    const locked = error instanceof Error && error.message.includes("locked");
    if (locked) throw new Fault("store.in-use", `another process has the store \`${path}\` open`, "never", error);
    throw new Fault("store.unavailable", `the store \`${path}\` cannot be opened`, "never", error);
  }
}

/** Node's SQLite behind the few functions that Kysely's dialect asks of a driver; a statement is prepared once. */
function prepared(file: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, StatementSync>();
  const prepare = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= maxStatements) statements.clear();
    const statement = file.prepare(text);
    statements.set(text, statement);
    return statement;
  };
  /** A full disk ends the transaction by itself; to end it again would hide why. */
  const isNeedless = (text: string): boolean => text === "rollback" && !file.isTransaction;
  return {
    close: () => {
      file.close();
    },
    prepare: (text) => {
      const statement = prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters.map(inputOf)),
        run: (parameters) => (isNeedless(text) ? nothing : statement.run(...parameters.map(inputOf))),
        iterate: (parameters) => statement.iterate(...parameters.map(inputOf)),
      };
    },
  };
}

function inputOf(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint")
    return value;
  throw new Fault("store.unavailable", `a ${typeof value} is not something the store keeps`, "never");
}
