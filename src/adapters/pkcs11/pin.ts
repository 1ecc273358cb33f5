/** The token's PIN: read by the agent alone, from one of the places where no other user can read it. */
import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { PinSource } from "./pin-source.ts";
import { askAtTerminal } from "./pin-terminal.ts";
import { TokenFailure } from "./token-failure.ts";

/** No PIN is longer; what is longer is another file. */
const bytesMax = 256;
const commandMs = 10_000;

/** Where the agent finds the descriptor that its parent was told of. */
export const pinDescriptor = 4;

/** The PIN without its line end. Rejects with a TokenFailure of class `config`, which never contains it. At a terminal it is called `what`. */
export async function readPin(source: PinSource, what = "PIN"): Promise<string> {
  const bare = (await textOf(source, what)).replace(/\r?\n$/, "");
  if (bare === "") throw unusable(source, "is empty");
  if (Buffer.byteLength(bare) > bytesMax) throw unusable(source, `is longer than ${bytesMax} bytes`);
  return bare;
}

async function textOf(source: PinSource, what: string): Promise<string> {
  if ("file" in source) return readPinFile(source.file, source, isOurs);
  if ("credential" in source) return readCredential(source.credential, source);
  if ("descriptor" in source) return readDescriptor(source);
  if ("command" in source) return readFromCommand(source);
  if ("terminal" in source) return askAtTerminal(source.terminal, what);
  if ("env" in source) return process.env[source.env] ?? "";
  throw unusable(source, "is not asked for");
}

/** One open handle is checked and read, so that nobody swaps the file between the two. */
function readPinFile(path: string, source: PinSource, isPrivate: (stats: Stats) => string | undefined): string {
  const handle = openPinFile(path, source);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) throw unusable(source, "is not a file");
    const complaint = isPrivate(stats);
    if (complaint !== undefined) throw unusable(source, complaint);
    if (stats.size > bytesMax) throw unusable(source, `is longer than ${bytesMax} bytes`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

const user = (): number | undefined => process.getuid?.();

function isOurs({ uid, mode }: Stats): string | undefined {
  if (uid !== (user() ?? uid)) return "belongs to another user";
  return (mode & 0o177) === 0 ? undefined : "is open to other users; its mode must be 0400 or 0600";
}

/** systemd leaves the file to root and lets one user in by an access list, which shows as the group's right to read. */
function isCredential({ uid, mode }: Stats): string | undefined {
  if (uid !== 0 && uid !== user()) return "belongs to another user";
  return (mode & 0o137) === 0 ? undefined : "is open to other users";
}

function readCredential(name: string, source: PinSource): string {
  const folder = process.env["CREDENTIALS_DIRECTORY"] ?? "";
  if (folder === "") throw unusable(source, "is not there: the service was started without CREDENTIALS_DIRECTORY");
  return readPinFile(join(folder, name), source, isCredential);
}

/** From its beginning each time, because an agent may have to be started again: a pipe cannot do that. */
function readDescriptor(source: PinSource): string {
  const bytes = Buffer.alloc(bytesMax + 2);
  try {
    if (fstatSync(pinDescriptor).isFile())
      return bytes.toString("utf8", 0, readSync(pinDescriptor, bytes, 0, bytes.length, 0));
  } catch {
    throw unusable(source, "cannot be read");
  }
  throw unusable(source, "is not a file; it must be one that can be read again from its beginning");
}

/** What it prints beside the PIN is not shown: it may hold what it was asked with. */
function readFromCommand(source: Extract<PinSource, { command: unknown }>): string {
  const [program, ...args] = source.command;
  const done = spawnSync(program, args, {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", ...source.env },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: commandMs,
    killSignal: "SIGKILL",
    maxBuffer: bytesMax + 2,
    encoding: "utf8",
  });
  if (done.error !== undefined) {
    const code = "code" in done.error ? done.error.code : undefined;
    if (code === "ETIMEDOUT") throw unusable(source, `did not answer within ${commandMs} ms`);
    if (code === "ENOBUFS") throw unusable(source, `prints more than ${bytesMax} bytes`);
    throw unusable(source, "could not be started");
  }
  if (done.status !== 0) throw unusable(source, `ended with ${done.signal ?? `exit ${String(done.status)}`}`);
  return done.stdout;
}

function openPinFile(path: string, source: PinSource): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    throw unusable(source, "cannot be opened");
  }
}

function unusable(source: PinSource, why: string): TokenFailure {
  return new TokenFailure({
    class: "config",
    code: 0,
    name: "pin",
    doing: "reading the PIN",
    why: `${nameOf(source)} ${why}`,
  });
}

function nameOf(source: PinSource): string {
  if ("file" in source) return `the PIN file \`${source.file}\``;
  if ("credential" in source) return `the credential \`${source.credential}\``;
  if ("descriptor" in source) return `the descriptor ${source.descriptor}`;
  if ("command" in source) return `the command \`${source.command[0]}\``;
  if ("env" in source) return `the PIN variable \`${source.env}\``;
  return "the PIN";
}
