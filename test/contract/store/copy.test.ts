/** A store moved between the two kinds of database: whole, equal and proved so, or not at all. */
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { copyStore } from "../../../src/adapters/sql-store/copy.ts";
import type { Database } from "../../../src/adapters/sql-store/database.ts";
import { openPostgres } from "../../../src/adapters/sql-store/postgres.ts";
import { openSqlite } from "../../../src/adapters/sql-store/sqlite.ts";
import { createStore } from "../../../src/adapters/sql-store/store.ts";
import { storePlaces } from "./places.ts";
import { hashOf } from "../../unit/request/sample.ts";
import { begun, pageOf, step } from "./sample-store.ts";

const stores = storePlaces();
const open: Database[] = [];
afterAll(async () => {
  for (const { db } of open) await db.destroy();
});

async function database(kind: string): Promise<Database> {
  const opened = kind === "SQLite" ? openSqlite(stores.freshPath()) : openPostgres(stores.freshUrl());
  const ready = await opened;
  open.push(ready);
  return ready;
}

/** More rows than a page has, texts that sort differently by language, empty fields and line breaks. */
async function fill(given: Database): Promise<void> {
  const store = createStore(given);
  const batch = { merkleRoot: hashOf("batch"), leaf: 0, requestIds: [hashOf("one"), hashOf("two")] };
  const words = Array.from({ length: 1_203 }, (_, index) => `leaf ${String(index)} Ä ä Z a \n "…"`);
  await store.commit({ transitions: [], page: pageOf(0, words, { batches: [batch] }) });
  await store.commit({ transitions: [begun("one"), begun("two", 2), step(begun("one").request, "signed")] });
  await store.recordAttempt(hashOf("tx"), begun("one").request.createdAt);
  for (const place of ["b", "A", "a", "B"])
    await store.putSighting({
      ...{ chainId: 1, subject: `token:${place}`, fact: "supply", value: "1", blockNumber: 7 },
      ...{ blockTime: begun("one").request.createdAt, observer: begun("one").request.initiator },
    });
}

describe.each([
  ["SQLite", "PostgreSQL"],
  ["PostgreSQL", "SQLite"],
] as const)("from %s to %s", (source, target) => {
  it("has every row of every table, and reads the same on both sides", async () => {
    const [from, to] = [await database(source), await database(target)];
    await fill(from);
    const copied = await copyStore(from, to);
    const counts = Object.fromEntries(copied.map(({ table, rows }) => [table, rows]));
    expect(counts).toMatchObject({ leaves: 1_203, requests: 2, transactions: 1, attempts: 1, sightings: 4 });
    expect(new Set(copied.map(({ digest }) => digest)).size).toBeGreaterThan(6);
    const [before, after] = [createStore(from), createStore(to)];
    expect(await after.requests({ limit: 9 })).toEqual(await before.requests({ limit: 9 }));
    expect(await after.leaves(0, 2_000)).toEqual(await before.leaves(0, 2_000));
    expect(await after.outbox(0, 99)).toEqual(await before.outbox(0, 99));
    // And back again, into a third one: the digests are of the rows alone.
    const third = await database(source);
    expect(await copyStore(to, third)).toEqual(copied);
  });

  it("is refused into a store that has something, and leaves it as it was", async () => {
    const [from, to] = [await database(source), await database(target)];
    await fill(from);
    const store = createStore(to);
    await store.commit({ transitions: [begun("mine")] });
    await expect(copyStore(from, to)).rejects.toThrow("the other store has rows in `requests` already");
    expect(await store.requests({ limit: 9 })).toHaveLength(1);
    expect(await store.mirrored()).toBe(0);
  });

  it("leaves nothing behind when a row does not read the same", async () => {
    const [from, to] = [await database(source), await database(target)];
    await fill(from);
    // A trigger of the other database bends what is stored.
    const bent = to.engine === "sqlite" ? bendSqlite : bendPostgres;
    await bent(to);
    await expect(copyStore(from, to)).rejects.toThrow("the table `leaves` is not the same on both sides");
    expect(await createStore(to).mirrored()).toBe(0);
    expect(await createStore(to).requests({ limit: 9 })).toEqual([]);
  });
});

async function bendSqlite({ db }: Database): Promise<void> {
  await sql`create trigger bend after insert on leaves when new.leaf_index = 700 begin update leaves set leaf = 'other' where leaf_index = 700; end`.execute(
    db,
  );
}

async function bendPostgres({ db }: Database): Promise<void> {
  await sql`create function bend() returns trigger as $$ begin if new.leaf_index = 700 then new.leaf := 'other'; end if; return new; end $$ language plpgsql`.execute(
    db,
  );
  await sql`create trigger bend before insert on leaves for each row execute function bend()`.execute(db);
}
