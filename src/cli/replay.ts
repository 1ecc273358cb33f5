/** `countersign policy replay`: past requests under a draft, from what the log says was known when each was decided. */
import { checksHere } from "../compose/cli-credentials.ts";
import { historyOf } from "../gate/past.ts";
import { replay as replayPast, replayLines } from "../policy/trial/replay.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { attempt, wrong } from "./finding-lines.ts";
import { logOf } from "./given-log.ts";
import { yes, type Outcome } from "./outcome.ts";
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
