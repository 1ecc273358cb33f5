/** Seeds simulated by a process of their own, so that two of them use both cores. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Outcome } from "./simulate.ts";
import type { Counts } from "./story.ts";

export type Simulated = {
  readonly counts: Counts;
  /** The first seed that broke something; none after it is tried. */
  readonly broken?: Outcome;
};

export async function simulated(first: number, count: number, events: number): Promise<Simulated> {
  const main = fileURLToPath(new URL("simulation-main.ts", import.meta.url));
  const args = ["--disable-warning=ExperimentalWarning", main, ...[first, count, events].map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
  return JSON.parse(stdout) as Simulated;
}
