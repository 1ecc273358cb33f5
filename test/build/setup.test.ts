/** The set-up that every command begins with: what it refuses, what it says, and that nothing goes around it. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import packageJson from "../../package.json" with { type: "json" };
// @ts-expect-error plain JavaScript, which runs before there is a compiler
import * as imported from "../../scripts/node.js";
import { bareEnvironment, npm, oldestNode, plainEnvironment, root, run } from "./package.ts";

type Pin = { readonly name: string; readonly version: string; readonly integrity: string };

const { fetchPinned, isAtLeast } = imported as {
  fetchPinned: (pin: Pin) => Promise<void>;
  isAtLeast: (version: string, oldest: string) => boolean;
};

const folder = mkdtempSync(join(tmpdir(), "countersign-setup-"));
const bare = bareEnvironment(folder, process.execPath);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("set-up", () => {
  test("stands before every word of package.json", () => {
    const around = Object.entries(packageJson.scripts).filter(
      ([, line]) => !/^node scripts\/run\.js [a-z]+$/.test(line),
    );
    expect(around).toEqual([]);
  });

  test("answers a word it does not know in one sentence, with exit code 2", async () => {
    const answer = await run(process.execPath, ["scripts/run.js", "strat"], { cwd: root, env: plainEnvironment() });
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toBe("countersign: `strat` is none of start, test, check, bench, evidence, chaos, build\n");
  });

  test("says in one sentence that SoftHSM is missing where nothing can install it", async () => {
    const answer = await run(process.execPath, ["scripts/run.js", "start"], { cwd: root, env: bare });
    expect(answer).toMatchObject({ code: 2, stdout: "" });
    expect(answer.stderr).toMatch(/^countersign: SoftHSM is missing and this machine has no apt-get or brew .*\n$/);
  });

  test("uses nothing of a package that is not the pinned one", async () => {
    const pin = { name: "atomic-sleep", version: "1.0.0", integrity: `sha512-${"A".repeat(86)}==` };
    await expect(fetchPinned(pin)).rejects.toThrow("atomic-sleep@1.0.0 from npm is not the pinned one");
    expect(readdirSync(join(root, ".tools")).filter((name) => name.startsWith("fetch-"))).toEqual([]);
  });

  test.each([
    ["v22.18.0", true],
    ["v22.17.9", false],
    ["v20.20.2", false],
    ["v24.0.0", true],
    ["v22.100.0", true],
  ])("takes %s for new enough: %s", (version, answer) => {
    expect(isAtLeast(version, "22.18.0")).toBe(answer);
  });
});

describe("the command in a checkout", () => {
  test("runs on the machine's own Node", async () => {
    const { program } = await oldestNode();
    const setting = { cwd: folder, env: plainEnvironment() };
    const answer = await run(program, [join(root, "bin", "countersign.js"), "--help"], setting);
    expect(answer).toMatchObject({ code: 0, stderr: "" });
    expect(answer.stdout).toContain("bundle verify");
  });

  test("is found by npx in the root of the project", async () => {
    const { program } = await oldestNode();
    const words = [npm(), "exec", "--offline", "--", "countersign", "--help"];
    const answer = await run(program, words, { cwd: root, env: plainEnvironment() });
    expect(answer).toMatchObject({ code: 0 });
    expect(answer.stdout).toContain("bundle verify");
  });
});
