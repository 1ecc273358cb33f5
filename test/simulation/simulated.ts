/** Seeds simulated by a process of their own, so that two of them use both cores; over the source of this tree or of a copy. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Mood } from "./moods.ts";
import type { Counts, Outcome } from "./simulate.ts";

export type Simulated = {
  readonly counts: Counts;
  /** Hash of the traces of all seeds, in their order. */
  readonly trace: string;
  /** The first seed that broke something; none after it is tried. */
  readonly broken?: Outcome;
};

const here = fileURLToPath(new URL("../../", import.meta.url));

export type Days = {
  readonly first: number;
  readonly count: number;
  readonly events: number;
  /** Of all of them; each has its own unless it is given. */
  readonly mood?: Mood;
};

export async function simulated({ first, count, events, mood }: Days, root = here): Promise<Simulated> {
  const main = join(root, "test/simulation/simulation-main.ts");
  const args = [
    "--disable-warning=ExperimentalWarning",
    "--max-semi-space-size=64",
    main,
    ...[first, count, events].map(String),
  ];
  if (mood !== undefined) args.push(mood);
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
  return JSON.parse(stdout) as Simulated;
}
