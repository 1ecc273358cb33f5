/** Writes the configuration files of the demo's processes; ports may change from one start to the next. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stringify } from "yaml";
import { cast, chainId, witnessName } from "./cast.ts";
import type { DevFolder } from "./folder.ts";
import type { Demo } from "./found.ts";

export type Ports = { readonly api: number; readonly chain: number; readonly witness: number };

export function writeSettings(folder: DevFolder, demo: Demo, ports: Ports): void {
  const chains = [{ id: chainId, rpc: `http://127.0.0.1:${String(ports.chain)}` }];
  const api = `http://127.0.0.1:${String(ports.api)}`;
  const witnessed = hasWitness(folder);
  for (const path of [folder.journal, folder.store, folder.socket])
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  write(folder.gateConfig, {
    journal: folder.journal,
    socket: folder.socket,
    genesis: folder.genesis,
    logKey: folder.logKey,
    tokens: [demo.tokenConfig],
    dev: true,
  });
  write(folder.serveConfig, {
    api: { port: ports.api },
    gate: folder.socket,
    genesis: folder.genesis,
    store: { kind: "sqlite", path: folder.store },
    chains,
    witnesses: witnessed ? [{ name: witnessName, url: `http://127.0.0.1:${String(ports.witness)}` }] : [],
    pollMs: 250,
  });
  if (witnessed)
    write(folder.witnessConfig, {
      genesis: folder.genesis,
      key: folder.witnessKey,
      heads: folder.witnessHeads,
      listen: { port: ports.witness },
    });
  for (const { id } of cast.filter(({ group }) => group === "observers")) {
    write(folder.observeConfig(id), {
      api,
      credential: folder.people(id),
      genesis: folder.genesis,
      chains,
      everyMs: 500,
    });
  }
}

/** A demo that an earlier release founded has none. */
export function hasWitness(folder: DevFolder): boolean {
  return existsSync(folder.witnessKey);
}

function write(path: string, settings: unknown): void {
  writeFileSync(path, stringify(settings), { mode: 0o600 });
}
