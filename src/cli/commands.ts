/** The one table of commands: dispatch and help are both read from it. */
import type { Command, Run } from "./command.ts";
import { documentCommands } from "./commands-documents.ts";
import { requestCommands } from "./commands-requests.ts";
import type { ExitCode } from "./io.ts";
import { api, genesis, may, must, socket } from "./option-table.ts";
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
    words: "observe",
    operands: [],
    about: "run an observer: it signs what it sees on a chain",
    options: [config],
    load: async () => (await import("./process.ts")).observe,
  },
  {
    words: "doctor",
    operands: [],
    about: "say whether this machine, the gate and the service are as they must be",
    options: [
      { ...may("genesis", "FILE", "a genesis to check, and to hold the gate against"), ...envOf(genesis) },
      { ...may("socket", "PATH", "the gate to ask"), ...envOf(socket) },
      { ...may("api", "URL", "the service to ask"), ...envOf(api) },
    ],
    load: async () => (await import("./doctor.ts")).doctor,
  },
];

function envOf({ env }: { readonly env?: string }): { readonly env?: string } {
  return env === undefined ? {} : { env };
}

const tokens: readonly Command[] = [
  {
    words: "hsm init",
    operands: [],
    about: "make a SoftHSM token with random PINs in a folder of its own",
    options: [must("folder", "DIR", "where the token lives"), must("label", "LABEL", "the token's label")],
    load: async () => (await import("./hsm.ts")).init,
  },
  {
    words: "hsm keygen",
    operands: [],
    about: "make a managed key on a token, and enter it in the token's file",
    options: [
      must("config", "TOKEN.yaml", "the token's file"),
      must("label", "LABEL", "the key's label on the token"),
      may("name", "NAME", "the key's name in the roster (the last name in the label)"),
    ],
    load: async () => (await import("./hsm.ts")).keygen,
  },
  {
    words: "hsm keys",
    operands: [],
    about: "list the keys of a token, and what is wrong with them",
    options: [must("config", "TOKEN.yaml", "the token's file")],
    load: async () => (await import("./hsm.ts")).keys,
  },
  {
    words: "ledger list",
    operands: [],
    about: "say which Ledger devices are plugged in, how they are set, and which key they have",
    options: [may("path", "PATH", "the derivation path of the key (44'/60'/0'/0/0)")],
    load: async () => (await import("./ledger.ts")).list,
  },
  {
    words: "ledger clear",
    operands: [],
    about: "say that somebody looked at a device and its screen is clear; what was declined there may be shown again",
    options: [must("config", "DEVICE.yaml", "the device's file"), { name: "yes", about: "do not ask" }],
    load: async () => (await import("./ledger.ts")).clear,
  },
  {
    words: "hsm check",
    operands: [],
    about: "find out whether a module and its token can be trusted with money, with a throw-away key",
    options: [
      must("config", "TOKEN.yaml", "the token's file; keys that it names are looked at and never signed with"),
      {
        name: "token-key",
        about: "keep the throw-away key on the token and destroy it, where there are no session keys",
      },
      may("signatures", "N", "how many signatures to verify in a row (1024)"),
      may("deadline", "DURATION", "a check that takes longer has hung (10m)"),
      may("idle", "DURATION", "also leave the token alone for so long, then sign"),
    ],
    load: async () => (await import("./hsm-check.ts")).check,
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
  ...tokens,
  ...bundles,
];
