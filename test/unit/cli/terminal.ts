/** A command line in this process: what it writes is kept, its time and chance are the test's, nobody sits at it unless the test does. */
import { commands } from "../../../src/cli/commands.ts";
import type { ExitCode, Io } from "../../../src/cli/io.ts";
import { run } from "../../../src/cli/run.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";

export type Said = { readonly code: ExitCode; readonly out: readonly string[]; readonly err: readonly string[] };

export type Setting = {
  readonly now?: number;
  /** What the person types when asked. */
  readonly answer?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeVersion?: string;
};

export function terminalIo({ now = 1_800_000_000, answer, env = {}, nodeVersion = "24.0.0" }: Setting = {}): {
  readonly io: Io;
  readonly out: string[];
  readonly err: string[];
} {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (line) => {
      out.push(line);
    },
    err: (line) => {
      err.push(line);
    },
    ask: () => Promise.resolve(answer),
    now: () => parseInstant(now),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    env,
    nodeVersion,
  };
  return { io, out, err };
}

export async function countersign(args: readonly string[], setting: Setting = {}): Promise<Said> {
  const { io, out, err } = terminalIo(setting);
  return { code: await run(commands, args, io), out, err };
}

/** The JSON that a command answers with `--json`. */
export async function answerOf(args: readonly string[], setting: Setting = {}): Promise<Record<string, unknown>> {
  const { out } = await countersign([...args, "--json"], setting);
  return JSON.parse(out.join("\n")) as Record<string, unknown>;
}
