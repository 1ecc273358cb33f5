/** What the gate is told: its journal, its socket, its genesis, its log key and its tokens; nothing that the journal decides. */
import { resolve } from "node:path";
import { z } from "zod";
import { durationSchema } from "../values/schema.ts";
import { besideConfig, readConfigFile } from "./config-file.ts";

const path = z.string().min(1).max(1_000);

const gateSchema = z.strictObject({
  /** Where the paths below begin; the configuration's own folder unless given. */
  dataDir: path.default("."),
  journal: path.default("journal.sqlite"),
  /** Its folder is made with mode 0750; the group that may enter it is the gate's. */
  socket: path.default("run/gate.sock"),
  genesis: path.default("genesis.json"),
  logKey: path.default("log.key"),
  /** One file per token, as `countersign hsm` writes them. */
  tokens: z.array(path).max(16),
  /** One file per Ledger, as hsm-config/ledger.yaml shows. */
  ledgers: z.array(path).max(16).default([]),
  /** Copies of the journal, made while the gate works: where, how often, and how many are kept. */
  copies: z
    .strictObject({ folder: path, every: durationSchema.default("1h"), keep: z.int().min(1).max(1_000).default(24) })
    .optional(),
  /** On a developer's machine a file that others could read is a warning and not the end. */
  dev: z.boolean().default(false),
});

export type GateConfig = Readonly<Omit<z.output<typeof gateSchema>, "tokens" | "ledgers">> & {
  readonly tokens: readonly string[];
  readonly ledgers: readonly string[];
  /** The file all this was read from. */
  readonly file: string;
};

/** Paths are absolute in what it returns. Throws `InvalidValue` or `Fault` with one sentence for the operator. */
export function readGateConfig(file: string): GateConfig {
  const read = readConfigFile(file, gateSchema);
  const dataDir = besideConfig(file, read.dataDir);
  const within = (name: string): string => resolve(dataDir, name);
  return Object.freeze({
    file: resolve(file),
    dataDir,
    journal: within(read.journal),
    socket: within(read.socket),
    genesis: within(read.genesis),
    logKey: within(read.logKey),
    tokens: Object.freeze(read.tokens.map(within)),
    ledgers: Object.freeze(read.ledgers.map(within)),
    ...(read.copies === undefined ? {} : { copies: { ...read.copies, folder: within(read.copies.folder) } }),
    dev: read.dev,
  });
}
