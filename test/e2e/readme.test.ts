/** Every command of the README, run as printed against a demo of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let root: string;
let demo: ChildProcess;
let api: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "cs-readme-"));
  demo = spawn(process.execPath, ["scripts/run.js", "start", "--data", join(root, "dev"), "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  api = await new Promise((resolve, reject) => {
    let said = "";
    demo.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, url] = /It stays up[^]*API +(http:\S+)/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    demo.once("exit", () => {
      reject(new Error(`the demo ended: ${said}`));
    });
  });
});

afterAll(async () => {
  const gone = new Promise((resolve) => demo.once("exit", resolve));
  demo.kill("SIGTERM");
  await gone;
  rmSync(root, { recursive: true, force: true });
});

/** The commands of every page for a kind of person, in order; those that name a file nobody has, or test the house, are left out. */
function printedCommands(): readonly string[] {
  const text = readFileSync("README.md", "utf8");
  const pages = text.slice(text.indexOf("## Before you try"));
  const blocks = [...pages.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  const lines = blocks.join("").split("\n");
  return lines.filter((line) => line !== "" && !/\bFILE\b|^npm /.test(line));
}

test("npm start brings the console that the README names, and the documentation of the API", async () => {
  for (const page of ["/console/", "/docs"]) {
    const answer = await fetch(`${api}${page}`);
    expect([page, answer.status, answer.headers.get("content-type")]).toEqual([page, 200, "text/html; charset=utf-8"]);
  }
});

test("the commands of the README do what it says, one after the other", async () => {
  const commands = printedCommands();
  expect(commands.length).toBeGreaterThan(35);
  const here = (line: string): string =>
    line
      .replaceAll("npx countersign", `"${process.execPath}" --disable-warning=ExperimentalWarning src/main.ts`)
      .replaceAll("http://127.0.0.1:8480", api)
      .replaceAll(".data/", `${root}/`);
  const script = commands.map((line) => `${here(line)} || { echo "failed: $LINENO"; exit 1; }`);
  const shell = spawn("bash", ["-c", ["set -o pipefail", ...script].join("\n")], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise((resolve) => shell.once("close", resolve));
  const [, line] = /failed: (\d+)/.exec(output) ?? [];
  expect([code, line === undefined ? "" : commands[Number(line) - 2], output]).toEqual([0, "", expect.any(String)]);
  for (const said of [
    /pending: waits for 2 more of custodians/,
    /it tightens:/,
    /policy of GLD, version 2, active/,
    /leaves are under the root/,
    /what this does not prove/,
  ])
    expect(output).toMatch(said);
}, 240_000);
