/** `countersign gate restore|resume|promote`: a gate from the log when its journal is lost, and the people's word that it may sign again, or that it takes over. */
import { epochAfter } from "../log/epoch.ts";
import { parse as parseBytes32 } from "../values/bytes32.ts";
import { toIso } from "../values/instant.ts";
import { consent } from "./consent.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { deliver } from "./delivery.ts";
import { logIn, trustedBy } from "./given-log.ts";
import { exportedLog } from "./held-log.ts";
import type { Io } from "./io.ts";
import { option, optionAfter } from "./option-value.ts";
import { yes, type Outcome } from "./outcome.ts";
import { signOwn } from "./own-signature.ts";

/** Of an export that the log key signed, and enough witnesses cosigned. */
export async function restore(given: Given): Promise<Outcome> {
  const { restoreGate } = await import("../compose/gate-restore.ts");
  const log = exportedLog(trustedBy(given.text("genesis")), given.text("log"));
  const leaves = log.leaves.map(({ leaf }) => leaf);
  const takesOver = given.flag("takes-over");
  const { size, root, journal, logKey } = restoreGate(given.text("config"), { leaves, root: log.root }, { takesOver });
  const lines = [
    `the journal ${journal} holds ${size} leaves under ${root}`,
    ...(takesOver
      ? [
          `its log key is ${logKey}: tell it to those who promote the gate by another way than the file`,
          "start the gate with it: it takes statements, and signs nothing until people promote it, each with",
          `  countersign gate promote --log ${given.text("log")} --log-key ${logKey}`,
        ]
      : [
          "start the gate with it: it takes statements, and signs nothing until people resume it, each with",
          `  countersign gate resume --log ${given.text("log")}`,
        ]),
    "never while the gate that had this log may still run",
  ];
  return yes(lines, { ok: true, journal, size, root, logKey });
}

/** Signs for exactly the leaves in the person's own hands, and for the log key that the operators of the other gate read out. */
export async function promote(given: Given, io: Io): Promise<Outcome> {
  const logKey = option("log-key", given.text("log-key"), parseBytes32);
  const service = openService(given, logKey);
  const { size, root, entries } = logIn(given, given.text("log"));
  const expiresAt = optionAfter("expires", given.maybe("expires") ?? "1h", io.now());
  const epoch = epochAfter(entries) + 1;
  const message = { epoch, logSize: size, logRoot: root, logKey, expiresAt };
  const last = entries.at(-1)?.entry.instant;
  await consent(given, io, [
    `let another gate go on with the log, in epoch ${epoch}, once enough people signed the same`,
    `root: ${root}, of ${size} leaves${last === undefined ? "" : `, the last of them of ${toIso(last)}`}`,
    `its log key: ${logKey}; compare it with what its operators read out`,
    "what the gate before it signed later it does not know; that gate must be gone for good",
    `your signature counts until ${toIso(expiresAt)}`,
  ]);
  const statement = await signOwn(
    { given, io, service },
    { kind: "GatePromotion", message, about: { kind: "itself" } },
  );
  return deliver(service, given, { statement });
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
