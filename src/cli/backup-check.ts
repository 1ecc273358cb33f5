/** `countersign backup check`: whether a copy of the journal is whole, of this deployment, and the newest that the log knows of. */
import { readJournalCopy } from "../compose/journal-copy.ts";
import { rootOf } from "../sdk/whole-log.ts";
import { toIso } from "../values/instant.ts";
import type { Given } from "./command.ts";
import { openGenesis } from "./genesis-file.ts";
import { logIn } from "./given-log.ts";
import { no, Refused, yes, type Outcome } from "./outcome.ts";

export function backupCheck(given: Given): Promise<Outcome> {
  const file = given.operand;
  const own = openGenesis(given.text("genesis")).deploymentId;
  const copy = readJournalCopy(file);
  if (copy.deploymentId !== own)
    throw new Refused("backup.other-deployment", `${file} is the journal of deployment ${copy.deploymentId}`);
  const holds = `${file} is whole: ${copy.size} leaves under the root ${copy.root}, epoch ${copy.epoch}, until ${toIso(copy.lastInstant)}`;
  const json = { file, ...copy };
  const path = given.maybe("log");
  if (path === undefined)
    return Promise.resolve(
      yes([holds, "hold it against the log (--log) before a gate starts on it"], { ok: true, ...json }),
    );
  const log = logIn(given, path);
  if (log.size < copy.size || rootOf(log.leaves.slice(0, copy.size)) !== copy.root)
    throw new Refused(
      "backup.other-log",
      `${file} is not the beginning of the log in ${path}, or goes on behind its end`,
    );
  const behind = log.size - copy.size;
  if (behind === 0)
    return Promise.resolve(yes([holds, `it is where the log in ${path} ends`], { ok: true, behind, ...json }));
  const words = `the log in ${path} has ${behind} leaves more: a gate that starts on this copy alone would have forgotten them`;
  return Promise.resolve(no([holds, words], { ok: false, behind, ...json }));
}
