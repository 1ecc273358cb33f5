/** The mirror of the gate's log: leaves as they came, the nodes over them, and what they say. */
import type { Transaction } from "kysely";
import type {
  MirroredBatch,
  MirroredDocument,
  MirroredLeaf,
  MirroredPage,
  Store,
} from "../../flow/serve/store.port.ts";
import { bytes32Schema } from "../../values/schema.ts";
import { answering, change, Stale, type Database } from "./database.ts";
import {
  distributionRow,
  documentRow,
  readDistributionRow,
  readDocument,
  readSighting,
  readStatementRow,
  sightingRow,
  statementRow,
} from "./rows.ts";
import type { Tables } from "./tables.ts";

/** Rows in one insert and names in one list: far below what either database takes. */
const most = 200;

/** Throws `Stale` when other leaves were mirrored in the meantime. */
export async function putPage(tx: Transaction<Tables>, page: MirroredPage): Promise<void> {
  const last = await tx
    .selectFrom("leaves")
    .select("leaf_index")
    .orderBy("leaf_index", "desc")
    .limit(1)
    .executeTakeFirst();
  if ((last === undefined ? 0 : last.leaf_index + 1) !== page.from) throw new Stale();
  for (const part of parts(page.leaves)) {
    await tx
      .insertInto("leaves")
      .values(part.map(({ index, leaf, kind, about }) => ({ leaf_index: index, leaf, kind, about })))
      .execute();
  }
  for (const part of parts(page.nodes)) {
    await tx
      .insertInto("nodes")
      .values(part.map((node) => ({ place: placeOf(node), hash: node.hash })))
      .execute();
  }
  for (const part of parts(page.statements)) {
    await tx
      .insertInto("statements")
      .values(part.map(statementRow))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const distribution of page.distributions ?? []) {
    await tx
      .insertInto("distributions")
      .values(distributionRow(distribution))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const document of page.documents) await putDocument(tx, document);
  for (const batch of page.batches ?? []) await putBatch(tx, batch);
  for (const { txHash, requestId, status } of page.outcomes) {
    const row = { tx_hash: txHash, request_id: requestId, status };
    await tx
      .insertInto("outcomes")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await tx.updateTable("transactions").set({ settled: 1 }).where("request_id", "=", requestId).execute();
  }
}

async function putBatch(tx: Transaction<Tables>, { merkleRoot, leaf, requestIds }: MirroredBatch): Promise<void> {
  const rows = requestIds.map((requestId, position) => ({
    place: `${merkleRoot}/${position}`,
    batch: leaf,
    root: merkleRoot,
    position,
    request_id: requestId,
  }));
  for (const part of parts(rows)) await tx.insertInto("legs").values(part).execute();
}

async function putDocument(tx: Transaction<Tables>, document: MirroredDocument): Promise<void> {
  const row = documentRow(document);
  const { state, at } = row;
  await tx
    .insertInto("documents")
    .values(row)
    .onConflict((conflict) => conflict.column("hash").doUpdateSet({ state, at }))
    .execute();
}

type Mirror = Pick<
  Store,
  | "mirrored"
  | "leaves"
  | "leavesAbout"
  | "leavesOf"
  | "leavesOfStatements"
  | "nodes"
  | "statements"
  | "documents"
  | "batchesWith"
  | "distribution"
  | "putSighting"
  | "sightings"
>;

export function mirrorTables(database: Database): Mirror {
  const { db } = database;
  const leaves = db.selectFrom("leaves").select(["leaf_index as index", "leaf", "kind", "about"]).orderBy("leaf_index");
  return {
    mirrored: () =>
      answering(async () => {
        const last = await db
          .selectFrom("leaves")
          .select("leaf_index")
          .orderBy("leaf_index", "desc")
          .limit(1)
          .executeTakeFirst();
        return last === undefined ? 0 : last.leaf_index + 1;
      }),
    leaves: (from, limit) => answering(() => leaves.where("leaf_index", ">=", from).limit(limit).execute()),
    leavesAbout: (abouts) => answering(() => gather(abouts, (part) => leaves.where("about", "in", part).execute())),
    leavesOf: (kind) => answering(() => leaves.where("kind", "=", kind).execute()),
    leavesOfStatements: (hashes) =>
      answering(() =>
        gather(hashes, (part) => {
          const named = db.selectFrom("statements").select("leaf").where("hash", "in", part);
          return leaves.where("leaf_index", "in", named).execute();
        }),
      ),
    nodes: (wanted) =>
      answering(async () => {
        const byPlace = new Map(wanted.map((node) => [placeOf(node), node]));
        const found = [];
        for (const part of parts([...byPlace.keys()])) {
          found.push(...(await db.selectFrom("nodes").selectAll().where("place", "in", part).execute()));
        }
        return found.flatMap(({ place, hash }) => {
          const node = byPlace.get(place);
          return node === undefined ? [] : [{ level: node.level, index: node.index, hash: bytes32Schema.parse(hash) }];
        });
      }),
    statements: (kind, about, last) =>
      answering(async () => {
        let query = db.selectFrom("statements").selectAll().where("kind", "=", kind).orderBy("leaf", "desc");
        if (about !== undefined) query = query.where("about", "=", about);
        if (last !== undefined) query = query.limit(last);
        return (await query.execute()).map(readStatementRow).reverse();
      }),
    documents: () =>
      answering(async () =>
        (await db.selectFrom("documents").selectAll().orderBy("name").orderBy("version").execute()).map(readDocument),
      ),
    ...batchTables(database),
    distribution: (hash) => answering(() => distributionOf(database, hash)),
    putSighting: (sighting) =>
      change(database, async (tx) => {
        const row = sightingRow(sighting);
        const { place, ...news } = row;
        const known = await tx
          .selectFrom("sightings")
          .select("block_number")
          .where("place", "=", place)
          .executeTakeFirst();
        if (known === undefined) await tx.insertInto("sightings").values(row).execute();
        else if (known.block_number < row.block_number)
          await tx.updateTable("sightings").set(news).where("place", "=", place).execute();
      }),
    sightings: (subject) =>
      answering(async () =>
        (await db.selectFrom("sightings").selectAll().where("subject", "=", subject).execute()).map(readSighting),
      ),
  };
}

function batchTables({ db }: Database): Pick<Mirror, "batchesWith"> {
  return {
    batchesWith: (requestId) =>
      answering(async () => {
        const rows = db.selectFrom("legs").select("root").where("request_id", "=", requestId).orderBy("batch");
        return (await rows.execute()).map(({ root }) => bytes32Schema.parse(root));
      }),
  };
}

async function distributionOf({ db }: Database, hash: string): ReturnType<Store["distribution"]> {
  const row = await db.selectFrom("distributions").selectAll().where("hash", "=", hash).executeTakeFirst();
  return row === undefined ? undefined : readDistributionRow(row);
}

function placeOf({ level, index }: { readonly level: number; readonly index: number }): string {
  return `${level}/${index}`;
}

/** Asks for a long list part by part and puts the answers in the order of the log. */
async function gather(
  names: readonly string[],
  ask: (part: readonly string[]) => Promise<MirroredLeaf[]>,
): Promise<readonly MirroredLeaf[]> {
  const found: MirroredLeaf[] = [];
  for (const part of parts([...new Set(names)])) found.push(...(await ask(part)));
  return found.sort((a, b) => a.index - b.index);
}

function* parts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += most) yield items.slice(at, at + most);
}
