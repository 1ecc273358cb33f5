/** Serve of a deployment on one store or another, in one process or several. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { replicaConfig, replicas, type Place } from "./deployment.ts";

export type Shape = { readonly store: "sqlite" | "postgres"; readonly replicas: 1 | 2 | 3 };

/** SQLite is open in one process only. */
export const shapes: readonly Shape[] = [
  { store: "sqlite", replicas: 1 },
  { store: "postgres", replicas: 1 },
  { store: "postgres", replicas: 2 },
  { store: "postgres", replicas: 3 },
];

export function shapeName({ store, replicas: count }: Shape): string {
  if (store === "sqlite") return "SQLite";
  return `PostgreSQL with ${String(count)} ${count === 1 ? "replica" : "replicas"}`;
}

/**
 * Stops every replica and starts so many with an empty store, or on what is in the database at `url`: what they know they learn from the
 * gate and the chain. Resolves when all are ready.
 */
export async function reshape(place: Place, shape: Shape, url: () => string): Promise<void> {
  for (const replica of replicas) await place.stop(replica);
  const { store: path } = place.folder;
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
  const store = shape.store === "sqlite" ? { kind: "sqlite", path } : { kind: "postgres", url: url() };
  const settings = parse(readFileSync(place.folder.serveConfig, "utf8")) as object;
  const chosen = replicas.slice(0, shape.replicas);
  for (const replica of chosen) {
    const api = { port: Number(new URL(place.apis[replica]).port) };
    writeFileSync(replicaConfig(place.folder, replica), stringify({ ...settings, api, store }), { mode: 0o600 });
  }
  await Promise.all(chosen.map((replica) => place.start(replica)));
}
