/** The one table of commands: dispatch and help are both read from it. */
import type { Command, Run } from "./command.ts";
import { documentCommands } from "./commands-documents.ts";
import { keyCommands } from "./commands-keys.ts";
import { requestCommands } from "./commands-requests.ts";
import type { ExitCode } from "./io.ts";
import { api, envOf, genesis, may, must, socket } from "./option-table.ts";
import { written } from "./outcome.ts";

const config = must("config", "FILE", "the process's configuration");

/** A command that reads its own words and writes its own answer. */
function byItself(run: (args: readonly string[], io: Parameters<Run>[1]) => Promise<number>): Run {
  return async (given, io) => written(exitCode(await run(given.args, io)));
}

function exitCode(code: number): ExitCode {
  return code === 0 ? 0 : code === 1 ? 1 : 2;
}

const processes: readonly Command[] = [
  {
    words: "dev",
    operands: [],
    about: "run everything on this machine: SoftHSM, a local chain, a demo asset, demo people",
    options: [
      { name: "once", about: "play the demo and exit" },
      may("data", "DIR", "where it keeps its state (.data/dev)"),
      may("port", "N", "the port of the service (8480); 0 takes a free one"),
    ],
    load: async () => (await import("./process.ts")).dev,
  },
  {
    words: "serve",
    operands: [],
    about: "run the service: HTTP API, worker, mirror of the log",
    options: [config],
    load: async () => (await import("./process.ts")).serve,
  },
  {
    words: "gate",
    operands: [],
    about: "run the gate: the only process that decides and signs",
    options: [config],
    load: async () => (await import("./process.ts")).gate,
  },
  {
    words: "gate restore",
    operands: [],
    about:
      "rebuild the gate's journal from an export of the log, when the journal is lost; it signs nothing until it is resumed",
    options: [
      must("config", "FILE", "the gate's configuration; there is no journal yet where it says"),
      must("log", "FILE", "the newest export of the log"),
      genesis,
      { name: "takes-over", about: "it is another gate, with a log key of its own, which people promote" },
    ],
    load: async () => (await import("./gate-restore.ts")).restore,
  },
  {
    words: "agent",
    operands: [],
    about: "run a token's agent apart from the gate, where the HSM's network is",
    options: [config],
    load: async () => (await import("./process.ts")).agent,
  },
  {
    words: "observe",
    operands: [],
    about: "run an observer: it signs what it sees on a chain",
    options: [config],
    load: async () => (await import("./process.ts")).observe,
  },
  {
    words: "store copy",
    operands: [],
    about: "move the service's store to another database, while the service is stopped",
    options: [
      must("from", "FILE", "the service's configuration with the store there is"),
      must("to", "FILE", "one with the store there will be, which is empty"),
    ],
    load: async () => (await import("./store.ts")).copy,
  },
  {
    words: "backup check",
    operands: ["FILE"],
    about: "say whether a copy of the gate's journal is whole, and whether the log goes on behind its end",
    options: [genesis, may("log", "FILE", "an export of the log to hold it against")],
    load: async () => (await import("./backup-check.ts")).backupCheck,
  },
  {
    words: "notify test",
    operands: [],
    about: "send a test notice to the receivers of the service's configuration, and say which of them took it",
    options: [config, may("receiver", "NAME", "one of them alone")],
    load: async () => (await import("./notify.ts")).notifyTest,
  },
  {
    words: "witness",
    operands: [],
    about: "run a witness: it cosigns what grows out of what it cosigned before, and nothing else",
    options: [config],
    load: async () => (await import("./process.ts")).witness,
  },
  {
    words: "witness key",
    operands: ["FILE"],
    about: "make a witness's key, or read it, and print its public part for the description of a genesis",
    options: [must("name", "NAME", "what the genesis calls the witness, such as witness.example/w1")],
    load: async () => (await import("./witness-key.ts")).witnessKey,
  },
  {
    words: "doctor",
    operands: [],
    about: "say whether this machine, the gate and the service are as they must be",
    options: [
      { ...may("genesis", "FILE", "a genesis to check, and to hold the gate against"), ...envOf(genesis) },
      { ...may("socket", "PATH", "the gate to ask"), ...envOf(socket) },
      { ...may("api", "URL", "the service to ask"), ...envOf(api) },
      { ...may("disk", "PATH", "a file or folder, such as the journal, whose disk must have room"), many: true },
    ],
    load: async () => (await import("./doctor.ts")).doctor,
  },
];

const bundles: readonly Command[] = [
  {
    words: "bundle verify",
    operands: ["FILE"],
    about: "check offline who agreed to what, under which clause, on whose word",
    options: [must("genesis", "HASH", "the hash of the genesis you trust")],
    oldNode: true,
    load: async () => byItself((await import("./bundle.ts")).bundleVerify),
  },
  {
    words: "bundle digest",
    operands: ["FILE"],
    about: "print what a device shows of it, made again from the raw data: before it is signed, on another machine",
    options: [
      may("genesis", "HASH", "the hash of the genesis you trust (else the file's own, which you then compare)"),
    ],
    oldNode: true,
    load: async () => byItself((await import("./bundle.ts")).bundleDigest),
  },
];

export const commands: readonly Command[] = [
  ...processes,
  ...documentCommands,
  ...requestCommands,
  ...keyCommands,
  ...bundles,
];
