/** Test files run again and again, each round with random cases of its own: laws, the attacker's suite, names of changed values. */
import { strict as assert } from "node:assert";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import type { Counts, Item, Round } from "./item.ts";

const setup = fileURLToPath(new URL("seeded.ts", import.meta.url));

/** Runs these files with the round's seed; throws with the names of tests that failed, or when one was skipped. */
async function runFiles(files: readonly string[], { seed }: Round): Promise<Counts> {
  const vitest = await startVitest([...files], {
    config: false,
    watch: false,
    include: [...files],
    setupFiles: [setup],
    env: { EVIDENCE_SEED: String(seed) },
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    testTimeout: 600_000,
    hookTimeout: 300_000,
    reporters: [{}],
  });
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const unhandled = vitest.state.getUnhandledErrors();
  await vitest.close();
  assert.equal(modules.length, files.length, "not every file was found");
  const bad = tests.flatMap((test) => {
    const { state, errors } = test.result();
    return state === "passed" ? [] : [`${test.fullName}: ${errors?.[0]?.message.slice(0, 2_000) ?? state}`];
  });
  const broken = modules.filter((module) => module.state() !== "passed").map(({ moduleId }) => moduleId);
  assert.deepEqual({ bad, broken, unhandled }, { bad: [], broken: [], unhandled: [] });
  return { "runs of test files": files.length, "tests passed": tests.length };
}

const tamper = "test/property/bundle/tamper.test.ts";
const hostile = ["test/flow/gate/hostile.test.ts", "test/e2e/cli/service.test.ts"];

/** The stated count has an item of its own. */
const counted = "test/property/policy/differential.test.ts";

/** Every test file that draws random cases, beside the attacker's, the exhaustive one and the counted one. */
function lawFiles(): readonly string[] {
  return globSync("test/**/*.test.ts")
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !hostile.includes(path) && path !== tamper && path !== counted)
    .filter((path) => /from "fast-check"|\/random-case\.ts"|\/intents\.ts"/.test(readFileSync(path, "utf8")))
    .sort();
}

export const hostileItem: Item = {
  name: "hostile-service",
  shows:
    "an attacker who owns serve, its database and API gets its own refusal code and no signature for each attack, the same run without the attack signs, and a dropped rejection is said to be not delivered",
  rounds: { small: 1, stated: 2 },
  run: (round) => runFiles(hostile, round),
};

export const lawItem: Item = {
  name: "laws",
  shows: "every property test holds; ten rounds with seeds of their own are ten times the cases of `npm test`",
  rounds: { small: 1, stated: 10 },
  run: (round) => runFiles(lawFiles(), round),
};

export const namingItem: Item = {
  name: "bundle-naming",
  shows: "each value of a bundle changed to another valid one, hashes made again, is refused by the name of that field",
  rounds: { small: 1, stated: 1 },
  run: (round) => runFiles([tamper], round),
};
