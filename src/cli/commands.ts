/** The one table of commands: dispatch and help are both read from it. */
import type { Command, Option, Run } from "./command.ts";
import type { ExitCode } from "./io.ts";
import { written } from "./outcome.ts";

const config: Option = { name: "config", value: "FILE", about: "the process's configuration", required: true };
const genesisPin: Option = {
  name: "genesis",
  value: "FILE",
  about: "the genesis you trust: its file, or its hash",
  required: true,
  env: "COUNTERSIGN_GENESIS",
};
const api: Option = {
  name: "api",
  value: "URL",
  about: "where the service answers",
  required: true,
  env: "COUNTERSIGN_API",
};
const credential: Option = {
  name: "credential",
  value: "FILE",
  about: "your own credential",
  required: true,
  env: "COUNTERSIGN_CREDENTIAL",
};
const socket: Option = {
  name: "socket",
  value: "PATH",
  about: "the gate's socket",
  required: true,
  env: "COUNTERSIGN_SOCKET",
};
const yesFlag: Option = { name: "yes", about: "do not ask: you have read what is signed" };
/** To read from a service. */
const reading: readonly Option[] = [api, credential, genesisPin];
/** To sign something and have it delivered. */
const signing: readonly Option[] = [...reading, yesFlag];

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
      { name: "data", value: "DIR", about: "where it keeps its state" },
      { name: "port", value: "N", about: "the port of the service" },
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
    words: "observe",
    operands: [],
    about: "run an observer: signs what it sees on a chain",
    options: [config],
    load: async () => (await import("./process.ts")).observe,
  },
];

const bundles: readonly Command[] = [
  {
    words: "bundle verify",
    operands: ["FILE"],
    about: "check offline who agreed to what, under which clause, on whose word",
    options: [{ name: "genesis", value: "HASH", about: "the hash of the genesis you trust", required: true }],
    oldNode: true,
    load: async () => byItself((await import("./bundle.ts")).bundleVerify),
  },
  {
    words: "bundle digest",
    operands: ["FILE"],
    about: "print the one name of a bundle",
    options: [],
    oldNode: true,
    load: async () => byItself((await import("./bundle.ts")).bundleDigest),
  },
];

export const commands: readonly Command[] = [...processes, ...bundles];
