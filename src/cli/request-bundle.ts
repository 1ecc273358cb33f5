/** The bundle of a request: fetched for a stranger, or looked at while a person at a device is asked to sign. */
import type { ShownTransaction } from "../bundle/shown.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { asked, openService, type Service } from "./connection.ts";
import type { Given } from "./command.ts";
import { fileJson, writeNew } from "./document-file.ts";
import { untrue } from "./in-force.ts";
import { option, parseHash } from "./option-value.ts";
import { no, Refused, yes, type Outcome } from "./outcome.ts";
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
  const doubt = await doubtOf(found.value, { requestId, deploymentId: standing.deploymentId, isUnsigned });
  if (doubt !== undefined)
    return no([`what the service gave is in ${file}, and it is no bundle to rely on: ${doubt}`], {
      file,
      requestId,
      code: "client.untrue",
      why: doubt,
    });
  const verb = isUnsigned ? "digest" : "verify";
  const check = `countersign bundle ${verb} ${file} --genesis ${standing.deploymentId}`;
  return yes([`the bundle is in ${file}; check it without anybody's help:`, `  ${check}`], { file, requestId, check });
}

type Wanted = { readonly requestId: Bytes32; readonly deploymentId: Bytes32; readonly isUnsigned: boolean };

/** Why it is no bundle of this request to rely on; undefined when it is. */
async function doubtOf(bundle: Json, { requestId, deploymentId, isUnsigned }: Wanted): Promise<string | undefined> {
  const { digestText, verifyBundleText } = await import("../compose/bundle-verifier.ts");
  const judged = (isUnsigned ? digestText : verifyBundleText)(JSON.stringify(bundle), deploymentId);
  if (judged.kind === "wrong") return judged.field === "" ? judged.why : `${judged.field}: ${judged.why}`;
  const report =
    judged.kind === "verified" ? judged.report : judged.kind === "bundle" ? judged.shown.report : undefined;
  return report?.requestId === requestId ? undefined : "it is of another request";
}

/** What a person at a Ledger is asked for, of a request or of the filler of one that ended: the screen, and how to make it again elsewhere. */
export async function deviceLines(service: Service, shown: Shown): Promise<readonly string[]> {
  const { view } = shown;
  if (view.nonce === null || !isOnLedger(shown)) return [];
  const last = await lastOf(service, view.requestId);
  if (last === undefined || last.isSigned || last.isFiller !== hasEnded(view.state)) return [];
  return [
    ...(last.isFiller
      ? ["the device is asked for a filler, which moves nothing and lets later transactions go on"]
      : []),
    "the device's screen must show:",
    ...last.screen.map(([title, text]) => `  ${title}: ${text}`),
    "before anybody approves there, make the same again on a machine without the service:",
    `  countersign bundle fetch ${view.requestId} --unsigned --out waiting.json`,
    `  countersign bundle digest waiting.json --genesis ${service.standing.deploymentId}`,
  ];
}

/** The newest transaction of a request that the gate permitted, from a bundle that was checked here. */
async function lastOf({ client, standing }: Service, requestId: Bytes32): Promise<ShownTransaction | undefined> {
  const found = await asked(client.bundle(requestId, "permitted"));
  if (found.kind === "absent") return undefined;
  const { digestText } = await import("../compose/bundle-verifier.ts");
  const digested = digestText(JSON.stringify(found.value), standing.deploymentId);
  if (digested.kind === "wrong") throw untrue(`the bundle shown is not so: ${digested.why}`);
  if (digested.kind !== "bundle" || digested.shown.report.requestId !== requestId)
    throw untrue("what is shown is no bundle of this request");
  return digested.shown.transactions.at(-1);
}

function hasEnded(state: string): boolean {
  const known = stateSchema.safeParse(state).data;
  return known !== undefined && isEnd(known);
}

function isOnLedger({ checked, documents }: Shown): boolean {
  const { keys } = parseWith(rosterSchema, documents.roster.document, "client.not-understood");
  return keys.some(({ account, backend }) => account === checked.submission.account && backend === "ledger");
}
