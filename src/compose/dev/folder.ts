/** Where the demo keeps everything, in one data folder of its own. */
import { join } from "node:path";

export type DevFolder = ReturnType<typeof devFolder>;

export function devFolder(root: string): {
  readonly root: string;
  readonly genesis: string;
  readonly demo: string;
  readonly people: (id: string) => string;
  readonly logKey: string;
  readonly witnessKey: string;
  readonly witnessHeads: string;
  readonly witnessConfig: string;
  readonly token: string;
  readonly chainState: string;
  readonly gateConfig: string;
  readonly serveConfig: string;
  readonly observeConfig: (id: string) => string;
  readonly journal: string;
  readonly store: string;
  readonly socket: string;
  readonly reports: string;
  readonly bundles: string;
  readonly processes: string;
  readonly log: (name: string) => string;
} {
  const at = (...parts: readonly string[]): string => join(root, ...parts);
  return {
    root,
    genesis: at("genesis.json"),
    demo: at("demo.json"),
    people: (id) => at("people", `${id}.json`),
    logKey: at("gate", "log.key"),
    witnessKey: at("witness", "witness.key"),
    witnessHeads: at("witness", "heads.sqlite"),
    witnessConfig: at("witness.yaml"),
    token: at("token"),
    chainState: at("chain", "state.json"),
    gateConfig: at("gate.yaml"),
    serveConfig: at("serve.yaml"),
    observeConfig: (id) => at(`${id}.yaml`),
    journal: at("gate", "journal.sqlite"),
    store: at("serve", "store.sqlite"),
    socket: at("run", "gate.sock"),
    reports: at("reports"),
    bundles: at("bundles"),
    processes: at("processes.json"),
    log: (name) => at("logs", `${name}.log`),
  };
}
