/** Runs the tests, and says at the very end how many passed and failed, alone on a line. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { run } from "./child.js";
import { modules, root } from "./place.js";

/** Passes `args` on to vitest; resolves with its exit code, or 1 when a test was skipped that nobody's filter left out. */
export async function test(args) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-counts-"));
  const file = join(folder, "counts.json");
  const reporters = ["--reporter=default", `--reporter=${join(root, "scripts", "count-reporter.js")}`];
  try {
    const code = await run(process.execPath, [join(modules, "vitest", "vitest.mjs"), "run", ...reporters, ...args], {
      ...process.env,
      COUNTERSIGN_TEST_COUNTS: file,
    });
    return report(file, args, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(file, args, code) {
  const { passed, failed, skipped } = readCounts(file, code);
  const filtered = args.some((word) => /^(-t|--testNamePattern)(=|$)/.test(word));
  const silent = filtered ? [] : skipped;
  for (const name of silent) process.stdout.write(`skipped, which counts as failed: ${name}\n`);
  process.stdout.write(`${String(passed)} passed, ${String(failed + silent.length)} failed\n`);
  return code === 0 && silent.length > 0 ? 1 : code;
}

/** What the reporter left; when it left nothing, the run itself is what failed. */
function readCounts(file, code) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: [] };
  }
}
