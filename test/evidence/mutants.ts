/** The policy engine with one place of it changed at a time: how many of the changes its own tests notice, and which they do not. */
import { strict as assert } from "node:assert";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { engine } from "./policy.ts";
import { lineOf, reviewedIn } from "./survivor.ts";
import { readSource } from "./state.ts";
import type { Counts, Item, Round, Scale } from "./item.ts";

const leastShare = 0.9;
const page = "docs/policy-mutants.md";
const folder = ".data/mutants";

/** The tests that judge, and what they read. */
const judging = [
  "test/unit/policy",
  "test/property/policy",
  "test/reference",
  "test/place",
  "test/mutants",
  "policies",
];

/** What is copied for a run, and nothing else. */
const needed = [...["src", "docs", ...judging].map((folder) => `${folder}/**`), ...["package.json", "tsconfig.json"]];

/** `memory` is a file of verdicts: one is taken from there where neither the place nor the tests that reach it changed since. */
export type Manner = { readonly memory: string; readonly atOnce: number };

function optionsFor(files: readonly string[], { memory, atOnce }: Manner): ConstructorParameters<typeof Stryker>[0] {
  return {
    mutate: [...files],
    testRunner: "pages",
    plugins: [resolve("test/mutants/runner/plugin.ts")],
    coverageAnalysis: "perTest",
    concurrency: atOnce,
    incremental: true,
    incrementalFile: join(folder, memory),
    reporters: ["progress-append-only"],
    ignorePatterns: ["**/*", ...needed.map((pattern) => `!${pattern}`)],
    tempDirName: join(folder, "copy"),
    // A mutant that runs on counts as noticed, so a busy machine must not make one of a slow test.
    timeoutMS: 30_000,
    timeoutFactor: 3,
    thresholds: { high: 95, low: 90, break: null },
  };
}

export type Outcome = {
  readonly mutants: number;
  readonly noticed: number;
  /** Among the noticed: a test went on without end. */
  readonly endless: readonly string[];
  readonly unnoticed: readonly string[];
};

/** Changes every place of these files in turn; what does not even load is not counted. */
export async function mutate(files: readonly string[], manner: Manner): Promise<Outcome> {
  mkdirSync(folder, { recursive: true });
  const results = await new Stryker(optionsFor(files, manner)).runMutationTest();
  const asked = new Set(files.map((file) => resolve(file)));
  const counted = results.filter(
    ({ fileName, status }) =>
      asked.has(resolve(fileName)) && ["Killed", "Timeout", "Survived", "NoCoverage"].includes(status),
  );
  assert.ok(counted.length > 0, "nothing was changed");
  const texts = new Map(files.map((file) => [resolve(file), readFileSync(file, "utf8")]));
  const linesOf = (...statuses: readonly string[]): readonly string[] =>
    counted
      .filter(({ status }) => statuses.includes(status))
      .map((one) =>
        lineOf({ ...one, replacement: one.replacement ?? "", text: texts.get(resolve(one.fileName)) ?? "" }),
      )
      .sort();
  const unnoticed = linesOf("Survived", "NoCoverage");
  return {
    mutants: counted.length,
    noticed: counted.length - unnoticed.length,
    endless: linesOf("Timeout"),
    unnoticed,
  };
}

export function policyFiles(): readonly string[] {
  return globSync("src/policy/**/*.ts").sort();
}

/** A full run takes hours: it is done in parts, and one that was interrupted goes on with the part it was in. */
const parts = 8;

/** Part 1 to `parts` of the files, dealt out from the longest to the shortest, so that parts are about as long as each other. */
export function partOf(files: readonly string[], number: number): readonly string[] {
  const length = new Map(files.map((file) => [file, readFileSync(file).length]));
  const longestFirst = [...files].sort((a, b) => (length.get(b) ?? 0) - (length.get(a) ?? 0) || (a < b ? -1 : 1));
  return longestFirst.filter((_, index) => index % parts === number - 1).sort();
}

/** Verdicts on the very same sources are kept; of the pages that judge, Stryker knows itself which changed. */
export function memoryOf(scale: Scale, number: number): string {
  const same = readSource().hash([...engine, ...judging, ":!*.test.ts"]);
  return `${same}-${scale}-${String(number)}.json`;
}

async function run({ scale, number, say }: Round): Promise<Counts> {
  const files = scale === "stated" ? partOf(policyFiles(), number) : ["src/policy/decide/spending.ts"];
  say(`${String(files.length)} files, two mutants at a time: ${files.join(" ")}`);
  const outcome = await mutate(files, { memory: memoryOf(scale, number), atOnce: 2 });
  writeFileSync(
    join(folder, `unnoticed-${scale}-${String(number)}.md`),
    outcome.unnoticed.map((line) => `- \`${line}\`\n`).join(""),
  );
  const reviewed = [...reviewedIn(readFileSync(page, "utf8"))].filter((line) =>
    files.some((file) => line.startsWith(`${file},`)),
  );
  const unreviewed = outcome.unnoticed.filter((line) => !reviewed.includes(line));
  // On a slow machine what only takes longer goes on without end.
  const gone = reviewed.filter((line) => !outcome.unnoticed.includes(line) && !outcome.endless.includes(line));
  assert.deepEqual({ unreviewed, gone }, { unreviewed: [], gone: [] }, `${page} does not say what survives`);
  const share = outcome.noticed / outcome.mutants;
  assert.ok(
    share >= leastShare,
    `of ${String(outcome.mutants)} mutants only ${(share * 100).toFixed(1)} % are noticed`,
  );
  return {
    mutants: outcome.mutants,
    noticed: outcome.noticed,
    "of these endless": outcome.endless.length,
    reviewed: outcome.unnoticed.length,
  };
}

export const mutantItem: Item = {
  name: "policy-mutants",
  shows: `of the places of src/policy, each changed in turn, its own tests notice nine in ten or more in every part; ${page} has every other one with the reason`,
  rounds: { small: 1, stated: parts },
  reads: engine,
  run,
};
