/** The wiring of `store copy`: two configurations of one deployment, each with the store it names. */
import { existsSync } from "node:fs";
import { copyStore, type CopiedTable } from "../adapters/sql-store/copy.ts";
import type { Database } from "../adapters/sql-store/database.ts";
import { openPostgres } from "../adapters/sql-store/postgres.ts";
import { openSqlite } from "../adapters/sql-store/sqlite.ts";
import { readServeConfig, type ServeConfig } from "../config/serve-config.ts";
import { deploymentId } from "../genesis/genesis.ts";
import { Fault } from "../values/errors.ts";
import { readGenesis } from "./person.ts";

/** Throws a `Fault` when the two are not of one deployment, when there is nothing to copy, or when the copy is not the same. */
export async function copyBetween(fromFile: string, toFile: string): Promise<readonly CopiedTable[]> {
  const [from, to] = [readServeConfig(fromFile), readServeConfig(toFile)];
  if (deploymentId(readGenesis(from.genesis)) !== deploymentId(readGenesis(to.genesis)))
    throw new Fault("store.other-deployment", "the two configurations are of two deployments", "never");
  if (from.store.kind === "sqlite" && !existsSync(from.store.path))
    throw new Fault("store.missing", `there is no store at \`${from.store.path}\``, "never");
  const source = await openTables(from);
  try {
    const target = await openTables(to);
    try {
      return await copyStore(source, target);
    } finally {
      await target.db.destroy();
    }
  } finally {
    await source.db.destroy();
  }
}

function openTables({ store }: ServeConfig): Promise<Database> {
  return store.kind === "sqlite" ? openSqlite(store.path) : openPostgres(store.url);
}
