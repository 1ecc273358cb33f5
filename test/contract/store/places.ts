/** Where the stores of a file of tests live: a folder for SQLite's files, and a PostgreSQL of its own; gone with the file's last test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { startPostgres, type Postgres } from "../../place/postgres.ts";

export type StorePlaces = {
  /** Of a file that nobody else has. */
  readonly freshPath: () => string;
  /** Of a database that nobody else has. */
  readonly freshUrl: () => string;
};

export function storePlaces(): StorePlaces {
  const folder = mkdtempSync(join(tmpdir(), "countersign-store-"));
  let server: Postgres | undefined;
  let files = 0;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    freshPath: () => {
      files += 1;
      return join(folder, `${String(files)}.db`);
    },
    freshUrl: () => {
      if (server === undefined) throw new Error("asked before the tests began");
      return server.freshUrl();
    },
  };
}
