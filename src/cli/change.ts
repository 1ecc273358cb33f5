/** `countersign change list|show|sign|veto`, `policy propose`, `roster propose`: documents on their way into force. */
import { z } from "zod";
import { documentName } from "../genesis/genesis.ts";
import { policyChange, rosterChange, vetoMessage, type RosterPlace } from "../sdk/change.ts";
import { envelopeSchema, type Envelope } from "../statement/envelope.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { instantSchema, jsonSchema, bytes32Schema, countSchema, nameSchema, parseWith } from "../values/schema.ts";
import { hash, type Json } from "../values/json.ts";
import { toIso } from "../values/instant.ts";
import { policyReport, rosterReport, type ChangeReport } from "./change-report.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import { readDocument } from "./document-file.ts";
import type { Given } from "./command.ts";
import { documentsInForce, untrue } from "./in-force.ts";
import type { Io } from "./io.ts";
import { attachmentsInLog } from "./log-search.ts";
import { option, parseHash } from "./option-value.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile, readRosterFile } from "./policy.ts";
import { asked, openService, type Service } from "./connection.ts";

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

export async function show(given: Given): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const { report } = await compare(service, view.kind, view.document);
  const lines = [
    `${titleOf(view)}: ${view.state} since ${toIso(view.since)}`,
    ...reportLines(report),
    `signed by: ${view.signedBy.map(({ person }) => person).join(", ") || "nobody"}`,
    ...(view.vetoedBy.length === 0 ? [] : [`vetoed by: ${view.vetoedBy.map(({ person }) => person).join(", ")}`]),
  ];
  return yes(lines, { ...view, class: report.class, report: [...report.lines], reportHash: report.hash });
}

/** Signs what was proposed, with the report recomputed here. */
export async function sign(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const attached = view.kind === "Policy" ? [] : await possessionsOf(service, view.documentHash);
  return propose(service, { given, io }, { kind: view.kind, document: view.document, possessions: attached });
}

export async function veto(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const view = await viewOf(service, given.operand);
  const message = vetoMessage(view.documentHash, view.document, given.text("reason"));
  await consent(given, io, [`veto ${titleOf(view)}`, `reason: ${message.reason}`]);
  const statement = service.own.sign(service.standing.deploymentId, "Veto", message);
  return deliver(service, given, { statement }, { documentHash: view.documentHash });
}

export async function proposePolicy(given: Given, io: Io): Promise<Outcome> {
  const { document } = readPolicyFile(given.operand);
  return propose(openService(given), { given, io }, { kind: "Policy", document, possessions: [] });
}

/** Credentials that the roster adds prove themselves first: `credential prove`, then `--possession FILE` for each. */
export async function proposeRoster(given: Given, io: Io): Promise<Outcome> {
  const { document } = readRosterFile(given.operand);
  const possessions = given
    .list("possession")
    .map((path) => parseWith(envelopeSchema, readDocument(path), "cli.possession"));
  return propose(openService(given), { given, io }, { kind: "Roster", document, possessions });
}

type Place = { readonly given: Given; readonly io: Io };
type Proposal = {
  readonly kind: "Policy" | "Roster";
  readonly document: Json;
  readonly possessions: readonly Envelope[];
};

async function propose(service: Service, { given, io }: Place, proposal: Proposal): Promise<Outcome> {
  const { kind, document, possessions } = proposal;
  const compared = await compare(service, kind, document);
  const { report } = compared;
  const { message, attachment } =
    compared.kind === "Policy"
      ? policyChange(document, compared.current, report.hash)
      : rosterChange(document, compared.current, { possessions, place: compared.place }, report.hash);
  const { documentHash, version } = message;
  const head = `${kind.toLowerCase()} version ${version}, ${documentName(documentHash)}`;
  await consent(given, io, [`bring into force: ${head}`, ...reportLines(report)]);
  const statement = service.own.sign(service.standing.deploymentId, `${kind}Change`, message);
  return deliver(service, given, { statement, attachment }, { documentHash, class: report.class });
}

type Compared = { readonly report: ChangeReport } & (
  | { readonly kind: "Policy"; readonly current: Json | undefined }
  | { readonly kind: "Roster"; readonly current: Json; readonly place: RosterPlace }
);

/** Against what is in force now. */
async function compare(service: Service, kind: "Policy" | "Roster", document: Json): Promise<Compared> {
  const { policies, roster } = await documentsInForce(service);
  if (kind === "Roster") {
    const others = [...policies.values()].map((shown) => shown.document);
    const place = { policies: others, change: service.standing.genesis.change };
    return { kind, current: roster.document, place, report: rosterReport(roster.document, document, place) };
  }
  const { asset } = parseWith(z.looseObject({ asset: nameSchema }), document, "change.document");
  const current = policies.get(asset)?.document;
  return { kind, current, report: policyReport(current, document) };
}

function reportLines({ class: kind, lines }: ChangeReport): readonly string[] {
  return [kind === "tighten" ? "it tightens:" : "it loosens:", ...lines.map((line) => `  ${line}`)];
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
async function possessionsOf(service: Service, documentHash: Bytes32): Promise<readonly Envelope[]> {
  const shape = z.looseObject({ possessions: z.array(envelopeSchema).default([]) });
  const [first] = await attachmentsInLog(service, "RosterChange", documentHash);
  return first === undefined ? [] : parseWith(shape, first, "client.not-understood").possessions;
}
