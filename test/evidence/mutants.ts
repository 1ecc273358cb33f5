/** The policy engine with one place of it changed at a time: how many of the changes its own tests notice, and which they do not. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { strict as assert } from "node:assert";
import { Stryker } from "@stryker-mutator/core";
import { lineOf, reviewedIn } from "./survivor.ts";
import type { Counts, Item, Round } from "./item.ts";

const leastShare = 0.9;
const page = "docs/policy-mutants.md";
const folder = ".data/mutants";

/** What the tests of the policy engine read; nothing else is copied. */
const needed = [
  ...["src/**", "test/unit/policy/**", "test/property/policy/**", "test/place/**", "test/mutants/**"],
  ...["policies/**", "docs/**", "package.json", "tsconfig.json"],
];

/** `remember` takes a verdict from the last run where neither the place nor the tests that reach it changed since. */
export type Manner = { readonly remember: boolean };

function optionsFor(files: readonly string[], { remember }: Manner): ConstructorParameters<typeof Stryker>[0] {
  return {
    mutate: [...files],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutants/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    concurrency: 2,
    incremental: remember,
    incrementalFile: join(folder, "incremental.json"),
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

async function run({ scale, say }: Round): Promise<Counts> {
  const files = scale === "stated" ? policyFiles() : ["src/policy/spending.ts"];
  say(`${String(files.length)} files, two mutants at a time`);
  const outcome = await mutate(files, { remember: false });
  writeFileSync(join(folder, `survivors-${scale}.txt`), `${outcome.unnoticed.join("\n")}\n`);
  const reviewed = reviewedIn(readFileSync(page, "utf8"));
  const unreviewed = outcome.unnoticed.filter((line) => !reviewed.has(line));
  const left = new Set(outcome.unnoticed);
  const gone = scale === "stated" ? [...reviewed].filter((line) => !left.has(line)) : [];
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
  shows: `of all places of src/policy, each changed in turn, its own tests notice nine in ten or more; ${page} has every other one with the reason`,
  rounds: { small: 1, stated: 1 },
  run,
};
