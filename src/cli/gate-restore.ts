/** `countersign gate restore|resume`: a gate from the log when its journal is lost, and the people's word that it may sign again. */
import { epochAfter } from "../log/epoch.ts";
import { toIso } from "../values/instant.ts";
import { consent } from "./consent.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { deliver } from "./delivery.ts";
import { logIn, trustedBy } from "./given-log.ts";
import { exportedLog } from "./held-log.ts";
import type { Io } from "./io.ts";
import { optionAfter } from "./option-value.ts";
import { yes, type Outcome } from "./outcome.ts";
import { signOwn } from "./own-signature.ts";

/** Of an export that the log key signed, and enough witnesses cosigned. */
export async function restore(given: Given): Promise<Outcome> {
  const { restoreGate } = await import("../compose/gate-restore.ts");
  const log = exportedLog(trustedBy(given.text("genesis")), given.text("log"));
  const leaves = log.leaves.map(({ leaf }) => leaf);
  const { size, root, journal } = restoreGate(given.text("config"), { leaves, root: log.root });
  const lines = [
    `the journal ${journal} holds ${size} leaves under ${root}`,
    "start the gate with it: it takes statements, and signs nothing until people resume it, each with",
    `  countersign gate resume --log ${given.text("log")}`,
    "never while the gate that had this log may still run",
  ];
  return yes(lines, { ok: true, journal, size, root });
}

/** Signs for exactly the leaves in the person's own hands; it counts once enough people signed the same. */
export async function resume(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const { size, root, entries } = logIn(given, given.text("log"));
  const expiresAt = optionAfter("expires", given.maybe("expires") ?? "1h", io.now());
  const message = { epoch: epochAfter(entries), logSize: size, logRoot: root, expiresAt };
  const last = entries.at(-1)?.entry.instant;
  await consent(given, io, [
    `let the gate sign again that was restored from ${size} leaves of the log, once enough people signed the same`,
    `root: ${root}`,
    ...(last === undefined
      ? []
      : [`the last of them is of ${toIso(last)}: what the gate signed later it does not know`]),
    "the gate that had this log before must be gone for good",
    `your signature counts until ${toIso(expiresAt)}`,
  ]);
  const statement = await signOwn({ given, io, service }, { kind: "Resumption", message, about: { kind: "itself" } });
  return deliver(service, given, { statement });
}
