/** The packages of package-lock.json, installed when a stamp says that they are not these; natives built by an allow-list. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { runQuietly } from "./child.js";
import { ensureOnMachine } from "./machine.js";
import { withThisNode } from "./node.js";
import { modules, npmEnvironment, npmProgram, root } from "./place.js";
import { Impossible, say } from "./say.js";

/** The only packages whose install scripts run, and how each shows that it was built. */
const natives = { pkcs11js: "pkcs11js", secp256k1: "secp256k1/bindings.js" };

const stampFile = join(modules, ".countersign.json");

/** What the installed packages are a function of. */
function wanted() {
  const parts = [readFileSync(join(root, "package-lock.json")), process.version, process.platform, process.arch];
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

function readStamp() {
  return existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, "utf8")) : {};
}

/** True when nothing is left to do; cheap, because every command asks. */
export function arePackagesReady(needsNatives) {
  const stamp = readStamp();
  return stamp.hash === wanted() && (!needsNatives || stamp.missing.length === 0);
}

/** Installs what the lockfile names; afterwards natives load, or the reason is said (and final when they are needed). */
export async function ensurePackages(needsNatives) {
  if (arePackagesReady(needsNatives)) return;
  if (readStamp().hash !== wanted()) await install();
  const problems = await buildNatives();
  linkCommand();
  writeFileSync(stampFile, JSON.stringify({ hash: wanted(), missing: problems.map(({ name }) => name) }));
  for (const { name, why } of problems) {
    const sentence = `the native package ${name} could not be built: ${why}`;
    if (needsNatives) throw new Impossible(sentence);
    say(sentence);
  }
}

async function install() {
  const npm = npmOrFail();
  say("installing the packages of package-lock.json");
  rmSync(stampFile, { force: true });
  const words = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const done = await runQuietly(process.execPath, [npm, ...words], environment());
  if (done.code !== 0) throw new Impossible(`npm could not install the packages: ${reason(done.output)}`);
}

/** Builds what does not load yet; answers what still does not, and why. */
async function buildNatives() {
  const waiting = await notLoading();
  if (waiting.length === 0) return [];
  await ensureOnMachine(["compiler"]);
  const names = waiting.map(({ name }) => name);
  const words = ["rebuild", ...names, "--ignore-scripts=false", "--foreground-scripts"];
  const done = await runQuietly(process.execPath, [npmOrFail(), ...words], environment());
  const left = await notLoading();
  return left.map(({ name, why }) => ({ name, why: done.code === 0 ? why : reason(done.output) }));
}

async function notLoading() {
  const answers = [];
  for (const [name, file] of Object.entries(natives)) {
    const done = await runQuietly(process.execPath, ["-e", `require(${JSON.stringify(join(modules, file))})`]);
    if (done.code !== 0) answers.push({ name, why: reason(done.output) });
  }
  return answers;
}

function environment() {
  const headers = dirname(dirname(process.execPath));
  const has = existsSync(join(headers, "include", "node", "node.h"));
  return withThisNode(npmEnvironment(has ? { npm_config_nodedir: headers } : {}));
}

/** The line that names an error, or the last one. */
function reason(output) {
  const lines = output.split("\n").map((line) => line.trim());
  const telling = lines.find(
    (line) => /\berror\b[^a-z]|not found|cannot find/i.test(line) && !/^npm (warn|notice)/.test(line),
  );
  return telling ?? lines.filter((line) => line !== "").at(-1) ?? "it said nothing";
}

/** `npx countersign` in a checkout finds the command where npx looks first. */
function linkCommand() {
  const link = join(modules, ".bin", "countersign");
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join("..", "..", "bin", "countersign.js"), link);
}

function npmOrFail() {
  const npm = npmProgram();
  if (npm === undefined) throw new Impossible("npm is not on the PATH; install it, then try again");
  return npm;
}
