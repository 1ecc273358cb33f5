/** The command line of a real process: its streams, its clock, its terminal. */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { parse as parseInstant } from "../values/instant.ts";
import { commands } from "./commands.ts";
import type { ExitCode, Io } from "./io.ts";
import { plainText } from "./plain-text.ts";
import { run } from "./run.ts";
import { versionAsked } from "./version.ts";

export async function main(args: readonly string[]): Promise<ExitCode> {
  const io = processIo();
  const version = versionAsked(args);
  if (version !== undefined) {
    io.out(version);
    return 0;
  }
  // A reader that stops early (`| head`) is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 2);
  });
  return run(commands, args, io);
}

function processIo(): Io {
  return {
    out: (line) => {
      process.stdout.write(`${plainText(line)}\n`);
    },
    err: (line) => {
      process.stderr.write(`${plainText(line)}\n`);
    },
    ask,
    now: () => parseInstant(Math.floor(Date.now() / 1_000)),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    env: process.env,
    nodeVersion: process.versions.node,
  };
}

/** Ctrl-C and Ctrl-D are answers too: no. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const left = new Promise<string>((resolve) => {
      terminal.once("close", () => {
        resolve("");
      });
    });
    terminal.once("SIGINT", () => {
      terminal.close();
    });
    return await Promise.race([terminal.question(plainText(question)), left]);
  } finally {
    terminal.close();
  }
}
