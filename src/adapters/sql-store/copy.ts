/** A whole store moved from one database to another, whichever they are, and read back on both sides before it counts. */
import { createHash } from "node:crypto";
import { sql, type Kysely } from "kysely";
import { Fault } from "../../values/errors.ts";
import { change, type Database, type Engine } from "./database.ts";
import type { Tables } from "./tables.ts";

type Row = Readonly<Record<string, string | number | null>>;

/** Every table, with the column by which its rows are told apart. */
const keys: Readonly<Record<keyof Tables, string>> = {
  requests: "request_id",
  happenings: "id",
  outbox: "id",
  transactions: "tx_hash",
  notices: "id",
  attempts: "id",
  leaves: "leaf_index",
  nodes: "place",
  statements: "hash",
  documents: "hash",
  legs: "place",
  distributions: "hash",
  outcomes: "tx_hash",
  sightings: "place",
};

/** Far below the parameters that either database takes in one statement. */
const pageSize = 500;

export type CopiedTable = {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over all rows in the order of their keys, the same on both sides. */
  readonly digest: string;
};

/**
 * Nobody else writes meanwhile: SQLite's file is open here alone, and on PostgreSQL the lock of every change is held. All of it is in the
 * other database when it resolves, or nothing. A `Fault` `store.not-empty` or `store.copy-differs`.
 */
export async function copyStore(from: Database, to: Database): Promise<readonly CopiedTable[]> {
  return await change(from, (source) =>
    change(to, async (target) => {
      const copied: CopiedTable[] = [];
      for (const [table, key] of Object.entries(keys)) {
        await refuseRows(target, table);
        const [here, there] = [
          { db: source, engine: from.engine, table, key },
          { db: target, engine: to.engine, table, key },
        ];
        for await (const page of pages(here)) await insert(there, page);
        const [before, after] = [await read(here), await read(there)];
        if (before.digest !== after.digest || before.rows !== after.rows)
          throw new Fault("store.copy-differs", `the table \`${table}\` is not the same on both sides`, "never");
        copied.push(after);
      }
      return copied;
    }),
  );
}

async function refuseRows(db: Kysely<Tables>, table: string): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db);
  if (rows.length > 0) throw new Fault("store.not-empty", `the other store has rows in \`${table}\` already`, "never");
}

type Place = {
  readonly db: Kysely<Tables>;
  readonly engine: Engine;
  readonly table: string;
  readonly key: string;
};

/** In the order of the key's bytes, which is the same everywhere. */
async function* pages({ db, engine, table, key }: Place): AsyncGenerator<readonly Row[]> {
  const all = sql.table(table);
  const { rows: first } = await sql<Row>`select * from ${all} limit 1`.execute(db);
  const isText = typeof first[0]?.[key] === "string";
  const order = engine === "postgres" && isText ? sql`${sql.ref(key)} collate "C"` : sql.ref(key);
  let after: string | number | null | undefined;
  for (;;) {
    const beyond = after === undefined ? sql`true` : sql`${order} > ${after}`;
    const { rows } = await sql<Row>`select * from ${all} where ${beyond} order by ${order} limit ${pageSize}`.execute(
      db,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.[key];
  }
}

async function insert({ db, table }: Place, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(db);
}

async function read(place: Place): Promise<CopiedTable> {
  const digest = createHash("sha256");
  let rows = 0;
  for await (const page of pages(place)) {
    rows += page.length;
    for (const row of page) {
      const columns = Object.keys(row).sort();
      digest.update(`${JSON.stringify(columns.map((column) => [column, row[column]]))}\n`);
    }
  }
  return { table: place.table, rows, digest: digest.digest("hex") };
}
