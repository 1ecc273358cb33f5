/** What was shown so far, kept between runs as long as the sources are the same that it was shown of. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { readsOf, type Item, type Scale } from "./item.ts";

const roundSchema = z.object({
  number: z.int(),
  /** Hash of what the item reads. */
  source: z.string(),
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
  seed: z.int(),
  rounds: z.record(z.string(), z.array(roundSchema)),
  failures: z.record(z.string(), z.string()),
  /** What was last shown whole of other sources: no evidence of these, and worth knowing. */
  before: z.record(z.string(), z.array(roundSchema)).default({}),
});

export type Done = z.output<typeof roundSchema>;
export type State = z.output<typeof stateSchema>;

export type Source = {
  /** And whether what ran the evidence was committed too. */
  readonly commit: string;
  /** `git rev-parse HEAD:src` */
  readonly tree: string;
  /** Whether src/ is as it was committed. */
  readonly committed: boolean;
  /** One hash over what these paths of git name, and over what of it is not committed. */
  readonly hash: (paths: readonly string[]) => string;
};

/** Throws outside a git checkout: evidence without a commit is none. */
export function readSource(): Source {
  const git = (...words: string[]): string =>
    execFileSync("git", words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }).trim();
  const changed = (...paths: readonly string[]): string => git("status", "--porcelain", "--", ...paths);
  const commit = git("rev-parse", "HEAD") + (changed("test") === "" ? "" : " with uncommitted changes in test/");
  const hash = (paths: readonly string[]): string =>
    createHash("sha256")
      .update(git("ls-files", "--stage", "--", ...paths) + changed(...paths) + git("diff", "HEAD", "--", ...paths))
      .digest("hex")
      .slice(0, 40);
  return { commit, tree: git("rev-parse", "HEAD:src"), committed: changed("src") === "", hash };
}

/** What was shown at the stated counts is committed beside its page, so that another clone goes on with it; git ignores a quick try. */
const fileOf = (scale: Scale): string => (scale === "stated" ? "docs/evidence.json" : ".data/evidence/small.json");

/** What is kept of these items and still holds of the sources as they are, or a fresh state. */
export function openState(scale: Scale, source: Source, items: readonly Item[], freshSeed: number): State {
  const fresh: State = { seed: freshSeed, rounds: {}, failures: {}, before: {} };
  try {
    const kept = stateSchema.parse(JSON.parse(readFileSync(fileOf(scale), "utf8")));
    const rounds = items.map((item) => {
      const now = source.hash(readsOf(item));
      return [item.name, (kept.rounds[item.name] ?? []).filter((round) => round.source === now)] as const;
    });
    const whole = items.flatMap(({ name, rounds: { [scale]: count } }) => {
      const all = kept.rounds[name] ?? [];
      return all.length >= count ? [[name, all] as const] : [];
    });
    return {
      ...fresh,
      before: { ...kept.before, ...Object.fromEntries(whole) },
      seed: rounds.some(([, some]) => some.length > 0) ? kept.seed : freshSeed,
      rounds: Object.fromEntries(rounds),
    };
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
