/** `countersign policy replay`: past requests under a draft, from what the log says was known when each was decided. */
import { checksHere } from "../compose/cli-credentials.ts";
import { historyOf } from "../gate/past.ts";
import { replay as replayPast, replayLines } from "../policy/trial/replay.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { openService, pinsOf } from "./connection.ts";
import { attempt, wrong } from "./finding-lines.ts";
import { openGenesis } from "./genesis-file.ts";
import { exportedLog, wholeLog, type HeldLog } from "./held-log.ts";
import { UsageError, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile } from "./policy-file.ts";

const everyFlip = 10_000;

export async function replay(given: Given): Promise<Outcome> {
  const read = attempt(() => readPolicyFile(given.operand));
  if (read.kind === "wrong") return wrong(read.problems);
  const { policy, hash: name } = read.value;
  const log = await logOf(given);
  const { past } = historyOf(log.entries, policy.asset, checksHere());
  const found = replayPast(past, { policy, hash: name });
  const lines = [...replayLines(found, everyFlip), `looked at ${log.size} leaves of the log`];
  return yes(lines, { hash: name, logSize: log.size, tried: found.tried, flips: toWire(found.flips) });
}

/** An export, held against the genesis. */
export function logIn(given: Given, path: string): HeldLog {
  const genesis = given.maybe("genesis");
  if (genesis === undefined) throw new UsageError("--genesis is missing: without it anybody could have made the log");
  const standing = openGenesis(genesis);
  return exportedLog({ standing, pins: pinsOf(standing) }, path);
}

async function logOf(given: Given): Promise<HeldLog> {
  const path = given.maybe("log");
  if (path !== undefined) return logIn(given, path);
  for (const name of ["api", "credential"])
    if (given.maybe(name) === undefined)
      throw new UsageError(`--${name} is missing; or say --log FILE, an export of the log`);
  return wholeLog(openService(given));
}
