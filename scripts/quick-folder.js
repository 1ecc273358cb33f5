/** Where tests keep what they throw away: in memory when there is room, since they end processes and never the machine. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const memory = "/dev/shm";
/** Bytes that a run of everything may want at once. */
const wanted = 4 * 1024 ** 3;
const ours = /^cs-(\d+)$/;

/** Makes `TMPDIR` such a folder for the length of `work`; what it was told stands, and elsewhere it stays as it is. */
export async function withQuickFolder(work) {
  const folder = process.env.TMPDIR === undefined ? quickFolder() : undefined;
  if (folder === undefined) return await work();
  process.env.TMPDIR = folder;
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new folder in memory, or undefined where there is none, too little, or none that programs run in. Its path is short: sockets lie in it. */
function quickFolder() {
  const folder = join(memory, `cs-${String(process.pid)}`);
  try {
    sweep();
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < wanted) return undefined;
    mkdirSync(folder);
    if (runs(join(folder, "probe"))) return folder;
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // not on this system
  }
  return undefined;
}

function runs(file) {
  writeFileSync(file, "#!/bin/sh\n", { mode: 0o700 });
  const { status } = spawnSync(file);
  rmSync(file);
  return status === 0;
}

/** What was left by those that were killed. */
function sweep() {
  for (const name of readdirSync(memory)) {
    const pid = ours.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(memory, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}
