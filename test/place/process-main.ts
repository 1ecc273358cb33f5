/**
 * A process of the deployment with the test's fault points instead of none: `gate|serve|observe|witness CONFIG`.
 * `KILL_AT=point:n` ends it with SIGKILL when it passes the point for the n-th time, after writing the point to `KILL_MARK`;
 * `KILL_AGENT_AT` does the same to the token's agent and lets this process live.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Faults } from "../../src/flow/faults.port.ts";
import { startGate } from "../../src/compose/gate.ts";
import { startObserver } from "../../src/compose/observe.ts";
import { startServe } from "../../src/compose/serve.ts";
import { startWitness } from "../../src/compose/witness.ts";

const [role = "", config = ""] = process.argv.slice(2);
const passes = new Map<string, number>();

function wanted(variable: string, point: string): boolean {
  const [name, count] = (process.env[variable] ?? "").split("@");
  if (name !== point) return false;
  const passed = (passes.get(`${variable} ${point}`) ?? 0) + 1;
  passes.set(`${variable} ${point}`, passed);
  return passed === Number(count);
}

/** Whole or not there: the test reads it as soon as it exists. */
function mark(text: string): void {
  const file = process.env["KILL_MARK"] ?? "";
  writeFileSync(`${file}.new`, text, { flush: true });
  renameSync(`${file}.new`, file);
}

/** The children of this process, by /proc. */
function agents(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${String(pid)}/stat`, "utf8")
            .replace(/^.*\) /, "")
            .split(" ")[1] === String(process.pid)
        );
      } catch {
        return false;
      }
    });
}

const faults: Faults = {
  at: (point) => {
    if (wanted("KILL_AT", point)) {
      mark(`${point} ${String(process.pid)}`);
      process.kill(process.pid, "SIGKILL");
    }
    if (wanted("KILL_AGENT_AT", point)) {
      const killed = agents();
      mark(`${point} ${killed.join(" ")}`);
      for (const pid of killed) process.kill(pid, "SIGKILL");
    }
  },
};

async function start(): Promise<() => Promise<void> | void> {
  switch (role) {
    case "gate":
      return (await startGate(config, { faults, warn: () => undefined })).close;
    case "serve":
      return (await startServe(config, { faults })).stop;
    case "observe":
      return startObserver(config, { faults }).stop;
    case "witness": {
      const { url, stop } = await startWitness(config, { faults, say: console.log });
      console.log(url);
      return stop;
    }
    default:
      throw new Error(`there is no process called ${role}`);
  }
}

const stop = await start();
process.once("SIGTERM", () => {
  void Promise.resolve(stop()).then(() => process.exit(0));
});
