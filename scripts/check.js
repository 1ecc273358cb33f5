/** Everything that is checked without running the program: six tools, two at a time, one verdict. */
import { join } from "node:path";

import { runQuietly } from "./child.js";
import { modules, root } from "./place.js";

const tool = (...path) => join(modules, ...path);

/** The slowest first, so that the others fit beside it. */
const checks = [
  { name: "eslint", words: [tool("eslint", "bin", "eslint.js"), "--max-warnings=0", "."] },
  {
    name: "tsc",
    words: [
      tool("typescript", "bin", "tsc"),
      ...["--noEmit", "-p", root, "--incremental", "--tsBuildInfoFile", tool(".cache", "check.tsbuildinfo")],
    ],
  },
  { name: "tsc of the console", words: [tool("typescript", "bin", "tsc"), "-p", `${root}/tsconfig.console.json`] },
  { name: "prettier", words: [tool("prettier", "bin", "prettier.cjs"), "--check", "--log-level=warn", "."] },
  {
    name: "dependency-cruiser",
    words: [
      tool("dependency-cruiser", "bin", "dependency-cruiser.mjs"),
      ...["--config", join(root, ".dependency-cruiser.mjs"), "src", "bin", "test"],
    ],
  },
  { name: "knip", words: [tool("knip", "bin", "knip.js"), "--no-progress", "--no-config-hints"] },
];

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Runs all checks, prints each under its heading, and resolves with the exit code. */
export async function check() {
  const began = Date.now();
  const queue = [...checks];
  const failed = [];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const started = Date.now();
      const { code, output } = await runQuietly(process.execPath, next.words);
      if (code !== 0) failed.push(next.name);
      process.stdout.write(`== ${next.name}: ${code === 0 ? "passed" : "FAILED"} in ${seconds(started)}\n`);
      if (output.trim() !== "") process.stdout.write(`${output.trim()}\n`);
    }
  };
  await Promise.all([worker(), worker()]);
  const which = failed.length === 0 ? "" : ` (${failed.join(", ")})`;
  process.stdout.write(`check took ${seconds(began)}\n`);
  process.stdout.write(`${String(checks.length - failed.length)} passed, ${String(failed.length)} failed${which}\n`);
  return failed.length === 0 ? 0 : 1;
}
