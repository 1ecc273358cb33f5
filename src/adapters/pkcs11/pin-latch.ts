/** The memory of refused PINs, so that a supervisor's restart loop can not lock a token. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { scryptSync } from "node:crypto";
import { misconfigured } from "./token-failure.ts";

/** Lines beyond this many stop every login until a person looks at the file. */
const refusedMax = 8;

/** Throws a failure of class `config` when this PIN was refused by this token before, whatever was restarted since. */
export function checkLatch(path: string, serial: string, pin: string): void {
  if (!existsSync(path)) return;
  const refused = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  if (refused.includes(mark(serial, pin)))
    throw latched(path, `the token refused this PIN before and it is not tried again`);
  if (refused.length >= refusedMax) throw latched(path, `the token refused ${refused.length} PINs`);
}

/** Once this returns, the refusal is on disk. */
export function setLatch(path: string, serial: string, pin: string): void {
  const handle = openSync(path, "a", 0o600);
  try {
    writeSync(handle, `${mark(serial, pin)}\n`);
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
