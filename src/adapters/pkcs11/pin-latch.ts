/** The memory of refused PINs, so that a supervisor's restart loop can not lock a token. */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { scryptSync } from "node:crypto";
import { dirname } from "node:path";
import { misconfigured, TokenFailure } from "./token-failure.ts";

/** Lines beyond this many stop every login until a person looks at the file. */
const refusedMax = 8;

/** Written before the first login: the file has its place on the disk then, and a refusal needs no more than what is there. */
const heading = "# PINs that the token refused. Put the PIN right, then remove this file.\n";

/**
 * Throws a failure of class `config` when this PIN was refused by this token before, whatever was restarted since; and when a refusal could
 * not be written down. Once this returns, the file is on disk and open to `setLatch`.
 */
export function checkLatch(path: string, serial: string, pin: string): void {
  const refused = readOrMake(path)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (refused.includes(mark(serial, pin)))
    throw latched(path, `the token refused this PIN before and it is not tried again`);
  if (refused.length >= refusedMax) throw latched(path, `the token refused ${refused.length} PINs`);
}

/** Once this returns, the refusal is on disk. */
export function setLatch(path: string, serial: string, pin: string): void {
  append(path, () => `${mark(serial, pin)}\n`);
}

/** Remembers a refused PIN. Never throws: what the token said stays what it said, and whoever hears of it must not try again. */
export function latchedFailure(
  refused: TokenFailure,
  { path, serial, pin }: { readonly path: string; readonly serial: string; readonly pin: string },
): TokenFailure {
  if (refused.failure.class !== "fatal-auth") return refused;
  try {
    setLatch(path, serial, pin);
    return refused;
  } catch {
    const { failure } = refused;
    return new TokenFailure({ ...failure, why: `${failure.why}, and \`${path}\` cannot be written to remember it` });
  }
}

function readOrMake(path: string): string {
  try {
    append(path, (size) => (size === 0 ? heading : ""));
    syncFolder(dirname(path));
    return readFileSync(path, "utf8");
  } catch {
    throw misconfigured(
      "logging in",
      `\`${path}\` cannot be written, and a refused PIN would be forgotten; no PIN is tried before it can`,
    );
  }
}

function append(path: string, text: (size: number) => string): void {
  const handle = openSync(path, "a", 0o600);
  try {
    writeSync(handle, text(fstatSync(handle).size));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function syncFolder(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Slow on purpose: a short PIN must not be guessed from the file. */
function mark(serial: string, pin: string): string {
  return scryptSync(pin, `countersign pin latch ${serial}`, 32, { N: 16_384, r: 8, p: 1 }).toString("hex");
}

function latched(path: string, why: string): Error {
  return misconfigured("logging in", `${why}; put the PIN right, then remove \`${path}\``);
}
