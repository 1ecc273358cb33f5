/** What was shown so far, kept between runs under the hash of the src/ tree it was shown for. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Scale } from "./item.ts";

const roundSchema = z.object({
  number: z.int(),
  seed: z.int(),
  counts: z.record(z.string(), z.number()),
  ms: z.number(),
  commit: z.string(),
  machine: z.string(),
  /** Of the last minute, when the round began. */
  load: z.number(),
  endedAt: z.string(),
});

const stateSchema = z.object({
  source: z.string(),
  seed: z.int(),
  rounds: z.record(z.string(), z.array(roundSchema)),
  failures: z.record(z.string(), z.string()),
});

export type Done = z.output<typeof roundSchema>;
export type State = z.output<typeof stateSchema>;

export type Source = {
  /** And whether what ran the evidence was committed too. */
  readonly commit: string;
  /** `git rev-parse HEAD:src`; with the hash of what is not committed behind it, when there is something. */
  readonly tree: string;
  readonly committed: boolean;
};

/** Throws outside a git checkout: evidence without a commit is none. */
export function readSource(): Source {
  const git = (...words: string[]): string =>
    execFileSync("git", words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).trim();
  const tree = git("rev-parse", "HEAD:src");
  const changed = git("status", "--porcelain", "--", "src");
  const tests = git("status", "--porcelain", "--", "test") === "" ? "" : " with uncommitted changes in test/";
  const commit = git("rev-parse", "HEAD") + tests;
  if (changed === "") return { commit, tree, committed: true };
  const difference = createHash("sha256")
    .update(changed + git("diff", "HEAD", "--", "src"))
    .digest("hex");
  return { commit, tree: `${tree}+${difference.slice(0, 16)}`, committed: false };
}

/** Ignored by git, like everything under .data. */
const fileOf = (scale: Scale): string => `.data/evidence/${scale}.json`;

/** The state of an interrupted run over the same src/, or a fresh one. */
export function openState(scale: Scale, source: Source, freshSeed: number): State {
  const fresh: State = { source: source.tree, seed: freshSeed, rounds: {}, failures: {} };
  try {
    const kept = stateSchema.parse(JSON.parse(readFileSync(fileOf(scale), "utf8")));
    return kept.source === source.tree ? kept : fresh;
  } catch {
    return fresh;
  }
}

/** On disk, whole, once it returns. */
export function saveState(scale: Scale, state: State): void {
  const file = fileOf(scale);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { flush: true });
  renameSync(`${file}.new`, file);
}
