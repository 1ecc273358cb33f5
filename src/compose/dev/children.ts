/** The demo's processes: each its own, ended with the demo, and found again if an earlier demo was cut off. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Fault } from "../../values/errors.ts";
import type { DevFolder } from "./folder.ts";

export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly gone: Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Runs a command of this very program; what it prints goes to a log file in the data folder. */
export function startChild(folder: DevFolder, name: string, args: readonly string[]): Child {
  const file = folder.log(name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const log = openSync(file, "a", 0o600);
  const child = spawn(process.execPath, [programPath(), ...args], { stdio: ["ignore", log, log] });
  closeSync(log);
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
    child.once("error", () => {
      resolve();
    });
  });
  if (child.pid === undefined) throw new Fault("dev.not-started", `the ${name} did not start; see ${file}`, "never");
  return { name, pid: child.pid, gone, stop: () => stopChild(child, gone) };
}

/** Resolves with what the command printed, when it ended well; throws its words otherwise. */
export async function runOnce(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [programPath(), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0)
    throw new Fault(
      "dev.command-failed",
      `\`countersign ${args.slice(0, 2).join(" ")}\` answered: ${(complaint + said).trim().slice(0, 500)}`,
      "never",
    );
  return said;
}

/** `main` beside this file, in the form in which this file runs. */
function programPath(): string {
  const own = fileURLToPath(import.meta.url);
  return fileURLToPath(new URL(own.endsWith(".ts") ? "../../main.ts" : "../../main.js", import.meta.url));
}

async function stopChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(patience);
}

const processesSchema = z.array(z.int().min(2)).max(20);

/** Writes down which processes belong to this folder, so that the next demo finds those an earlier one left behind. */
export function rememberProcesses(folder: DevFolder, pids: readonly number[]): void {
  writeFileSync(folder.processes, JSON.stringify(pids), { mode: 0o600 });
}

export function forgetProcesses(folder: DevFolder): void {
  rmSync(folder.processes, { force: true });
}

/** Ends processes of an earlier demo on this folder whose parent was cut off; throws when that demo still runs. */
export function endLeftovers(folder: DevFolder): void {
  if (!existsSync(folder.processes)) return;
  const [parent, ...children] =
    processesSchema.safeParse(JSON.parse(readFileSync(folder.processes, "utf8"))).data ?? [];
  if (parent !== undefined && commandOf(parent)?.includes("main") === true && parent !== process.pid) {
    throw new Fault(
      "dev.running",
      `a demo already runs on ${folder.root} (process ${String(parent)}); stop it first, or name another folder with --data`,
      "never",
    );
  }
  for (const pid of children) if (commandOf(pid)?.includes(folder.root) === true) process.kill(pid, "SIGKILL");
  forgetProcesses(folder);
}

/** Command line of a running process; undefined when there is none, or where the system does not show it. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return undefined;
  }
}
