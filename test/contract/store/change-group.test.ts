/** Changes that wait for one another are written together, and each stands or falls alone. */
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { ChangeGroup } from "../../../src/adapters/sql-store/change-group.ts";
import { Stale, type Database } from "../../../src/adapters/sql-store/database.ts";
import { openPostgres } from "../../../src/adapters/sql-store/postgres.ts";
import { openSqlite } from "../../../src/adapters/sql-store/sqlite.ts";
import { storePlaces } from "./places.ts";

const stores = storePlaces();

const places: Readonly<Record<string, () => Promise<Database>>> = {
  SQLite: () => openSqlite(stores.freshPath()),
  PostgreSQL: () => openPostgres(stores.freshUrl()),
};

describe.each(Object.keys(places))("changes on %s", (name) => {
  let database: Database;
  let group: ChangeGroup;
  let transactions = 0;

  const open = async (): Promise<void> => {
    database = await places[name]!();
    transactions = 0;
    group = new ChangeGroup(database.db, () => {
      transactions += 1;
      return Promise.resolve();
    });
  };
  const put = (id: number): Promise<number> =>
    group.add(async (tx) => {
      await tx.insertInto("attempts").values({ id, tx_hash: "0x", at: id, answer: null }).execute();
      return id;
    });
  const ids = async (): Promise<readonly number[]> =>
    (await database.db.selectFrom("attempts").select("id").orderBy("id").execute()).map((row) => row.id);

  afterEach(async () => {
    await database.db.destroy();
  });

  it("a hundred that come at once are two transactions, and each has its own answer", async () => {
    await open();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, id) => put(id)));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(await ids()).toHaveLength(100);
    expect(transactions).toBe(2);
  });

  it("one that is refused, by the database or by itself, takes back its own work and nobody else's", async () => {
    await open();
    const twice = put(1);
    const halfway = group.add(async (tx) => {
      await tx.insertInto("attempts").values({ id: 7, tx_hash: "0x", at: 7, answer: null }).execute();
      throw new Stale();
    });
    const settled = await Promise.allSettled([twice, put(1), halfway, put(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    await expect(halfway).rejects.toBeInstanceOf(Stale);
    expect(await ids()).toEqual([1, 2]);
    expect(transactions).toBe(1);
  });

  it("each sees what the one before it wrote", async () => {
    await open();
    const count = (): Promise<number> =>
      group.add(async (tx) => {
        const { length } = await tx.selectFrom("attempts").select("id").execute();
        await tx.insertInto("attempts").values({ id: length, tx_hash: "0x", at: 0, answer: null }).execute();
        return length;
      });
    expect(await Promise.all([count(), count(), count()])).toEqual([0, 1, 2]);
  });

  it("when the transaction is lost nobody is told that anything was written", async () => {
    await open();
    const lost = new ChangeGroup(database.db, () => Promise.resolve());
    const first = lost.add(async (tx) => {
      await tx.insertInto("attempts").values({ id: 1, tx_hash: "0x", at: 0, answer: null }).execute();
    });
    // As a server that ends, or a disk that is full, takes the whole transaction back.
    const breaks = lost.add(async (tx) => {
      await sql`rollback`.execute(tx);
    });
    expect((await Promise.allSettled([first, breaks])).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await ids()).toEqual([]);
    expect(await put(3)).toBe(3);
  });
});
