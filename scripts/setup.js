/** The one set-up that every command begins with: a Node that runs TypeScript, the packages, and what the machine must have. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { run } from "./child.js";
import { ensureOnMachine } from "./machine.js";
import { fetchedNode, readyNode, withThisNode } from "./node.js";
import { arePackagesReady, ensurePackages } from "./packages.js";
import { tools } from "./place.js";
import { Impossible } from "./say.js";

/** What a command needs of the machine, beside Node and the packages. */
const needs = {
  start: ["softhsm"],
  test: ["softhsm", "unshare", "cc", "nss", "p11kit", "chromium"],
  bench: ["softhsm", "chromium"],
  evidence: ["softhsm", "unshare"],
  chaos: ["softhsm", "unshare"],
  check: [],
  build: [],
};

/**
 * Returns once everything `word` needs is there, under a Node that runs TypeScript. When the machine's Node is too old,
 * runs this very command again under a fetched one instead, and exits with its exit code.
 */
export async function setUp(word) {
  const node = readyNode() ?? (await alone(fetchedNode));
  if (node !== process.execPath) process.exit(await run(node, process.argv.slice(1)));
  Object.assign(process.env, withThisNode());
  const machine = needs[word];
  const needsNatives = machine.includes("softhsm");
  await ensureOnMachine(machine);
  if (!arePackagesReady(needsNatives)) await alone(() => ensurePackages(needsNatives));
}

/** Runs `work` while no other set-up of this checkout does; a lock whose owner died is taken over. */
async function alone(work) {
  const lock = join(tools, "setup.lock");
  mkdirSync(tools, { recursive: true });
  const deadline = Date.now() + 15 * 60_000;
  while (!take(lock)) {
    if (Date.now() > deadline)
      throw new Impossible(`another set-up holds ${lock} for too long; end it or remove the file`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** An owner still writing its number counts as alive. */
function isAlive(lock) {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    if (owner > 0) process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
