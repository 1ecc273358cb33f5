/** What tests throw away is kept in memory where there is room, goes when they end, and what a killed run left goes with the next. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const memory = "/dev/shm";
const isRoomy = existsSync(memory) && statfsSync(memory).bavail * statfsSync(memory).bsize >= 4 * 1024 ** 3;
const script = `
  import { withQuickFolder } from "./scripts/quick-folder.js";
  import { existsSync } from "node:fs";
  await withQuickFolder(async () => console.log(process.env.TMPDIR, existsSync(process.env.TMPDIR ?? "")));`;

function runs(told: Readonly<Record<string, string>>): readonly string[] {
  const args = ["--input-type=module", "-e", script];
  const env = { ...process.env, TMPDIR: undefined, ...told };
  return spawnSync(process.execPath, args, { env, encoding: "utf8" }).stdout.trim().split(" ");
}

it("a run has a folder in memory while it lasts, where the machine has room, and else the machine's own", () => {
  const [folder = "", existed] = runs({});
  expect(folder).toMatch(isRoomy ? /^\/dev\/shm\/cs-\d+$/ : /^undefined$/);
  expect(existed).toBe(String(isRoomy));
  expect(existsSync(folder)).toBe(false);
});

it("a run that is told of a folder keeps to it", () => {
  expect(runs({ TMPDIR: "/tmp" })).toEqual(["/tmp", "true"]);
});

it("a run takes away what one that was killed had left, and nothing of one that goes on", () => {
  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  const left = join(isRoomy ? memory : tmpdir(), `cs-${String(gone)}`);
  const alive = join(isRoomy ? memory : tmpdir(), `cs-${String(process.ppid)}`);
  const isOurs = existsSync(alive);
  for (const folder of [left, alive]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(left, "journal.sqlite"), "left behind");
  runs({});
  expect(existsSync(left)).toBe(!isRoomy);
  expect(existsSync(alive)).toBe(true);
  if (!isOurs) rmSync(alive, { recursive: true });
  rmSync(left, { recursive: true, force: true });
});
