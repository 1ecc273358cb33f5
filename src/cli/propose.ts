/** `countersign policy propose`, `roster propose`, and the signature under what others proposed: a report first, then consent, then the words. */
import { documentName } from "../genesis/genesis.ts";
import { policyChange, rosterChange } from "../sdk/change.ts";
import { envelopeSchema, type Envelope } from "../statement/envelope.ts";
import { hash, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { obstacleLine, type Obstacle } from "../policy/change/report.ts";
import { calendarDoubt } from "../config/time-zone.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { agreedReport, reportNow, type ChangeReport, type Proposed } from "./change-report.ts";
import type { Given } from "./command.ts";
import { openService, type Service } from "./connection.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import { readDocument } from "./document-file.ts";
import { obstacleLines } from "./finding-lines.ts";
import { wholeLog, type HeldLog } from "./held-log.ts";
import type { Io } from "./io.ts";
import { no, type Outcome } from "./outcome.ts";
import { signOwn } from "./own-signature.ts";
import { readPolicyFile, readRosterFile } from "./policy-file.ts";

export async function proposePolicy(given: Given, io: Io): Promise<Outcome> {
  const { document, file } = readPolicyFile(given.operand);
  const proposal = { kind: "Policy", document, possessions: [] } as const;
  const service = openService(given);
  return propose(service, { given, io, log: await wholeLog(service) }, proposal, (obstacles) =>
    obstacleLines(file, obstacles),
  );
}

/** Credentials that the roster adds prove themselves first: `credential prove`, then `--possession FILE` for each. */
export async function proposeRoster(given: Given, io: Io): Promise<Outcome> {
  const { document } = readRosterFile(given.operand);
  const possessions = given
    .list("possession")
    .map((path) => parseWith(envelopeSchema, readDocument(path), "cli.possession"));
  const service = openService(given);
  return propose(service, { given, io, log: await wholeLog(service) }, { kind: "Roster", document, possessions });
}

export type Place = { readonly given: Given; readonly io: Io; readonly log: HeldLog };
export type Proposal = Proposed & { readonly possessions: readonly Envelope[] };

/** Signs nothing that has an obstacle, then or now, and no other report than the first signer did. */
export async function propose(
  service: Service,
  { given, io, log }: Place,
  proposal: Proposal,
  told: (obstacles: readonly Obstacle[]) => readonly string[] = (obstacles) => obstacles.map(obstacleLine),
): Promise<Outcome> {
  const report = agreedReport(log, proposal);
  const now = reportNow(log, proposal);
  const obstacles = [
    ...calendarObstacles(proposal),
    ...(report.obstacles.length > 0 ? report.obstacles : now.obstacles),
  ];
  if (obstacles.length > 0) return refuse(proposal.document, obstacles, told(obstacles));
  const { message, attachment } = changeOf(proposal, report);
  const { documentHash, version } = message;
  const head = `${proposal.kind.toLowerCase()} version ${version}, ${documentName(documentHash)}`;
  await consent(given, io, [
    `bring into force: ${head}`,
    ...reportLines(report),
    ...newerLines(report, now),
    `report: ${documentName(report.hash)}`,
  ]);
  const about = { kind: "document", document: proposal.document } as const;
  const statement = await signOwn({ given, io, service }, { kind: `${proposal.kind}Change`, message, about });
  const said = { documentHash, class: report.class, reportHash: report.hash, basis: report.basis };
  return deliver(service, given, { statement, attachment }, said);
}

/** The zone as this machine knows it: what others wrote into the document, nobody signs unread. */
export function calendarObstacles({ kind, document }: Pick<Proposal, "kind" | "document">): readonly Obstacle[] {
  const doubt = kind === "Policy" ? calendarDoubt(readPolicyDocument(document)) : undefined;
  return doubt === undefined ? [] : [{ code: "policy.calendar-differs", field: "calendar", message: doubt }];
}

function changeOf(
  { document, possessions }: Proposal,
  { follows, hash: reportHash, basis }: ChangeReport,
): ReturnType<typeof policyChange> | ReturnType<typeof rosterChange> {
  return follows.kind === "Policy"
    ? policyChange(document, follows.current, { hash: reportHash, basis })
    : rosterChange(document, follows.current, { possessions, place: follows.place }, { hash: reportHash, basis });
}

function refuse(document: Json, obstacles: readonly Obstacle[], lines: readonly string[]): Outcome {
  return no([...lines, "nothing is signed: it cannot be proposed while this is so"], {
    ok: false,
    code: "change.obstacles",
    documentHash: hash(document),
    obstacles: toWire(obstacles),
  });
}

export function reportLines({ class: kind, lines }: Pick<ChangeReport, "class" | "lines">): readonly string[] {
  return [kind === "tighten" ? "it tightens:" : "it loosens:", ...indented(lines)];
}

/** What the report of today says beyond the one that signers bind, whose first signer chose how much of the log it looks at. */
export function newerLines({ lines, basis }: ChangeReport, now: ChangeReport): readonly string[] {
  const said = new Set(lines);
  const more = now.lines.filter((line) => !said.has(line)).map((line) => line.trim());
  if (more.length === 0) return [];
  const came = now.basis.logSize - basis.logSize;
  return [
    `that is of the first ${basis.logSize} entries of the log; with the ${came} that came since:`,
    ...indented(more),
  ];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
