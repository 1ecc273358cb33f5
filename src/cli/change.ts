/** `countersign change list|show|sign|veto`: documents on their way into force. */
import { z } from "zod";
import { attachmentSchema } from "../gate/change.ts";
import { documentName } from "../genesis/genesis.ts";
import { vetoMessage } from "../sdk/change.ts";
import { obstacleLine } from "../policy/change/report.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { toIso } from "../values/instant.ts";
import { hash, type Json } from "../values/json.ts";
import { bytes32Schema, countSchema, instantSchema, jsonSchema, nameSchema, parseWith } from "../values/schema.ts";
import { agreedReport, reportNow } from "./change-report.ts";
import type { Given } from "./command.ts";
import { asked, openService, type Service } from "./connection.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import { wholeLog, type HeldLog } from "./held-log.ts";
import { untrue } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, parseHash } from "./option-value.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import { signOwn } from "./own-signature.ts";
import { calendarObstacles, newerLines, propose, reportLines } from "./propose.ts";

const seat = z.object({ person: nameSchema, at: instantSchema });
/** What the service shows of a proposed document; `document` is held against its hash before it is believed. */
const viewSchema = z.object({
  documentHash: bytes32Schema,
  kind: z.enum(["Policy", "Roster"]),
  name: nameSchema,
  version: countSchema,
  state: z.string(),
  since: instantSchema,
  document: jsonSchema,
  signedBy: z.array(seat),
  vetoedBy: z.array(seat),
});
type View = z.output<typeof viewSchema>;

export async function list(given: Given): Promise<Outcome> {
  const { client } = openService(given);
  const views = (await asked(client.changes())).map(readView);
  const lines = views.map((view) => `${view.documentHash}  ${titleOf(view)}, ${view.state} since ${toIso(view.since)}`);
  return yes(lines.length === 0 ? ["nothing was ever proposed"] : lines, {
    changes: views.map((view) => ({ ...view })),
  });
}

/** With the report that the first signer bound, made again here; exit 1 when it cannot be. */
export async function show(given: Given): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const log = await wholeLog(service);
  const report = agreedReport(log, view);
  const newer = view.state === "proposed" ? newerLines(report, reportNow(log, view)) : [];
  const lines = [
    `${titleOf(view)}: ${view.state} since ${toIso(view.since)}`,
    ...calendarObstacles(view).map(obstacleLine),
    ...reportLines(report),
    ...newer,
    `report: ${documentName(report.hash)}`,
    `signed by: ${view.signedBy.map(({ person }) => person).join(", ") || "nobody"}`,
    ...(view.vetoedBy.length === 0 ? [] : [`vetoed by: ${view.vetoedBy.map(({ person }) => person).join(", ")}`]),
  ];
  const { class: kind, hash: reportHash, basis, json } = report;
  return yes(lines, {
    ...view,
    class: kind,
    report: [...report.lines],
    newer: [...newer],
    reportHash,
    basis,
    judged: json,
  });
}

/** Signs what was proposed, with the report recomputed here. */
export async function sign(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const log = await wholeLog(service);
  const possessions = view.kind === "Policy" ? [] : possessionsOf(log, view.documentHash);
  return propose(service, { given, io, log }, { kind: view.kind, document: view.document, possessions });
}

export async function veto(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const message = vetoMessage(view.documentHash, view.document, given.text("reason"));
  await consent(given, io, [`veto ${titleOf(view)}`, `reason: ${message.reason}`]);
  const about = { kind: "document", document: view.document } as const;
  const statement = await signOwn({ given, io, service }, { kind: "Veto", message, about });
  return deliver(service, given, { statement }, { documentHash: view.documentHash });
}

async function viewOf({ client }: Service, id: string): Promise<View> {
  const documentHash = option("ID", id, parseHash);
  const found = await asked(client.change(documentHash));
  if (found.kind === "absent") throw new Refused("cli.absent", `there is no change \`${id}\``);
  const view = readView(found.value);
  if (view.documentHash !== documentHash || hash(view.document) !== documentHash)
    throw untrue(`the document shown does not hash to ${documentHash}`);
  return view;
}

function readView(json: Json): View {
  return parseWith(viewSchema, json, "client.not-understood");
}

function titleOf({ kind, name, version }: View): string {
  return kind === "Policy" ? `policy of ${name}, version ${version}` : `roster, version ${version}`;
}

/** The first signer brought the proofs; the log has them. */
function possessionsOf({ entries }: HeldLog, documentHash: Bytes32): readonly Envelope[] {
  for (const { entry } of entries) {
    if (entry.kind !== "statement" || entry.statement.kind !== "RosterChange") continue;
    if (entry.statement.message["documentHash"] !== documentHash) continue;
    return attachmentSchema.safeParse(entry.attachment).data?.possessions ?? [];
  }
  return [];
}
