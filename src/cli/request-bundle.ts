/** The bundle of a request: fetched for a stranger, or looked at while a person at a device is asked to sign. */
import { rosterSchema } from "../roster/roster.ts";
import { parseWith } from "../values/schema.ts";
import { asked, openService, type Service } from "./connection.ts";
import type { Given } from "./command.ts";
import { fileJson, writeNew } from "./document-file.ts";
import { untrue } from "./in-force.ts";
import { option, parseHash } from "./option-value.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import type { Shown } from "./request-view.ts";

export async function fetchBundle(given: Given): Promise<Outcome> {
  const { client, standing } = openService(given);
  const requestId = option("ID", given.operand, parseHash);
  const isUnsigned = given.flag("unsigned");
  const found = await asked(client.bundle(requestId, isUnsigned ? "permitted" : "signed"));
  if (found.kind === "absent")
    throw new Refused(
      "cli.absent",
      `there is no bundle of this request: it is not ${isUnsigned ? "allocated" : "signed"} yet, or unknown`,
    );
  const file = given.text("out");
  writeNew(file, fileJson(found.value));
  const verb = isUnsigned ? "digest" : "verify";
  const check = `countersign bundle ${verb} ${file} --genesis ${standing.deploymentId}`;
  return yes([`the bundle is in ${file}; check it without anybody's help:`, `  ${check}`], { file, requestId, check });
}

/** Of a request that waits for a person at a Ledger: the digest on its screen, and how to make it again elsewhere. */
export async function deviceLines(service: Service, shown: Shown): Promise<readonly string[]> {
  const { view } = shown;
  if (view.state !== "signing" || !isOnLedger(shown)) return [];
  const found = await asked(service.client.bundle(view.requestId, "permitted"));
  if (found.kind === "absent") return [];
  const { digestText } = await import("../compose/bundle-verifier.ts");
  const { deploymentId } = service.standing;
  const digested = digestText(JSON.stringify(found.value), deploymentId);
  if (digested.kind !== "bundle")
    throw untrue(`the bundle shown is not so: ${digested.kind === "wrong" ? digested.why : digested.kind}`);
  const { report, transactions } = digested.shown;
  const last = transactions.at(-1);
  if (report.requestId !== view.requestId || last === undefined) throw untrue("the bundle shown is of another request");
  return [
    "the device's screen must show:",
    ...last.screen.map(([title, text]) => `  ${title}: ${text}`),
    "before anybody approves there, make the same again on a machine without the service:",
    `  countersign bundle fetch ${view.requestId} --unsigned --out waiting.json`,
    `  countersign bundle digest waiting.json --genesis ${deploymentId}`,
  ];
}

function isOnLedger({ checked, documents }: Shown): boolean {
  const { keys } = parseWith(rosterSchema, documents.roster.document, "client.not-understood");
  return keys.some(({ account, backend }) => account === checked.submission.account && backend === "ledger");
}
