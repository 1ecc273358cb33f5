/** `countersign store copy` as an operator runs it: from the file of one service to the database of the next. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPostgresStore } from "../../../src/adapters/sql-store/postgres.ts";
import { openSqliteStore } from "../../../src/adapters/sql-store/sqlite.ts";
import { begun, pageOf } from "../../contract/store/sample-store.ts";
import { goldDeployment } from "../../place/gold.ts";
import { startPostgres, type Postgres } from "../../place/postgres.ts";
import { countersign } from "../../unit/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-store-copy-"));
const at = (name: string): string => join(folder, name);
let postgres: Postgres;
let url: string;

/** A service's configuration around a store, in a file of its own. */
function configured(name: string, store: object, genesis = "genesis.json"): string {
  const config = {
    api: { port: 0 },
    gate: "gate.sock",
    genesis,
    store,
    chains: [{ id: 31_337, rpc: "http://127.0.0.1:1" }],
  };
  writeFileSync(at(name), stringify(config), { mode: 0o600 });
  return at(name);
}

beforeAll(async () => {
  postgres = await startPostgres();
  url = postgres.freshUrl();
  writeFileSync(at("genesis.json"), JSON.stringify(goldDeployment().file));
  const other = goldDeployment({ overrides: { salt: `0x${"07".repeat(32)}` } });
  writeFileSync(at("other.json"), JSON.stringify(other.file));
  const store = await openSqliteStore(at("store.sqlite"));
  await store.commit({ transitions: [], page: pageOf(0, ["zero", "one"]) });
  await store.commit({ transitions: [begun("one"), begun("two", 2)] });
  await store.close();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function copy(from: string, to: string): Promise<{ code: number; said: string }> {
  const { code, out, err } = await countersign(["store", "copy", "--from", from, "--to", to]);
  return { code, said: [...out, ...err].join("\n") };
}

const old = (): string => configured("old.yaml", { kind: "sqlite", path: "store.sqlite" });
const next = (): string => configured("next.yaml", { kind: "postgres", url });

it("refuses the store of another deployment, and one that is not there", async () => {
  const stranger = configured("stranger.yaml", { kind: "postgres", url }, "other.json");
  const mixed = await copy(old(), stranger);
  expect([mixed.code, mixed.said]).toEqual([2, expect.stringContaining("are of two deployments")]);
  const nowhere = configured("nowhere.yaml", { kind: "sqlite", path: "nowhere.sqlite" });
  const missing = await copy(nowhere, next());
  expect([missing.code, missing.said]).toEqual([2, expect.stringContaining("there is no store at")]);
});

it("refuses while the service runs", async () => {
  const running = await openSqliteStore(at("store.sqlite"));
  const { code, said } = await copy(old(), next());
  expect([code, said]).toEqual([2, expect.stringContaining("another process has the store")]);
  await running.close();
});

it("moves everything, says what it compared, and does it once", async () => {
  const { code, said } = await copy(old(), next());
  expect([code, said]).toEqual([0, expect.stringContaining("10 rows")]);
  expect(said).toContain("read the same on both sides");
  expect(said).toMatch(/ {2}requests +2 rows {2}sha256 [0-9a-f]{64}/);
  const store = await openPostgresStore(url);
  expect(await store.requests({ limit: 9 })).toHaveLength(2);
  expect(await store.mirrored()).toBe(2);
  await store.close();
  const again = await copy(old(), next());
  expect([again.code, again.said]).toEqual([2, expect.stringContaining("has rows in `requests` already")]);
});
