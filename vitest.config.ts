/** How the tests run: units side by side, then whatever owns processes and time, one file after another. */
import { defineConfig } from "vitest/config";

/** Tests that start processes, build packages, kill things or take both cores; two of them at once would measure each other. */
const serial = [
  "test/e2e/**/*.test.ts",
  "test/build/**/*.test.ts",
  "test/flow/crash/**/*.test.ts",
  "test/simulation/**/*.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: "units", include: ["test/**/*.test.ts"], exclude: serial, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: "processes", include: serial, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    passWithNoTests: false,
    allowOnly: false,
  },
});
