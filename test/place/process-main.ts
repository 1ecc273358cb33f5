/**
 * A process of the deployment with the test's fault points instead of none: `gate|serve|observe|witness CONFIG`.
 * `KILL_AT=point@n` ends it with SIGKILL when it passes the point for the n-th time, after writing the point to `KILL_MARK`.
 * In the folder `ARMED`, a file named like a point is a blow for whichever process passes there first.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Faults } from "../../src/flow/faults.port.ts";
import { startGate } from "../../src/compose/gate.ts";
import { startObserver } from "../../src/compose/observe.ts";
import { startServe } from "../../src/compose/serve.ts";
import { startWitness } from "../../src/compose/witness.ts";
import { blowSchema, type Blow } from "./blow.ts";

const [role = "", config = ""] = process.argv.slice(2);
let passed = 0;

function isTheEnd(point: string): boolean {
  const [name, count] = (process.env["KILL_AT"] ?? "").split("@");
  if (name !== point) return false;
  passed += 1;
  return passed === Number(count);
}

/** Of several processes that pass at once one gets it: a file is moved away once. */
function taken(point: string): Blow | undefined {
  const file = join(process.env["ARMED"] ?? "nowhere", point);
  if (!existsSync(file)) return undefined;
  const blow = blowSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  if (blow.spared.includes(process.pid)) return undefined;
  try {
    renameSync(file, `${blow.mark} taken`);
  } catch {
    return undefined;
  }
  return blow;
}

/** Whole or not there: the test reads it as soon as it exists. */
function mark(file: string, point: string, pids: readonly number[]): void {
  writeFileSync(`${file}.new`, [point, ...pids].join(" "));
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
    if (isTheEnd(point)) {
      mark(process.env["KILL_MARK"] ?? "", point, [process.pid]);
      process.kill(process.pid, "SIGKILL");
    }
    const blow = taken(point);
    if (blow === undefined) return;
    const pids = blow.of === "agents" ? agents() : [process.pid];
    mark(blow.mark, point, pids);
    for (const pid of pids) process.kill(pid, blow.signal);
  },
};

async function start(): Promise<() => Promise<void> | void> {
  switch (role) {
    case "gate":
      return (await startGate(config, { faults, warn: () => undefined })).close;
    case "serve": {
      const { done, stop } = await startServe(config, { faults });
      // A service whose worker ended is none, though it still answers.
      done.catch((error: unknown) => {
        console.error(error);
        process.exit(2);
      });
      return stop;
    }
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
