/** The report of a proposed document as every signer makes it again: from the same leaves of the log. */
import { checksHere } from "../compose/cli-credentials.ts";
import { attachmentSchema, type Basis } from "../gate/change.ts";
import { historyOf } from "../gate/past.ts";
import type { Standing } from "../gate/standing.ts";
import type { ChangeClass } from "../policy/change/change-class.ts";
import { policyReport, type Obstacle } from "../policy/change/report.ts";
import { rosterReport } from "../policy/change/roster-report.ts";
import type { RosterPlace } from "../sdk/change.ts";
import { readStatement } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { zero } from "../values/bytes32.ts";
import { hash, type Json } from "../values/json.ts";
import { nameSchema, parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { z } from "zod";
import type { HeldLog } from "./held-log.ts";
import { Refused } from "./outcome.ts";

export type ChangeReport = {
  readonly class: ChangeClass;
  readonly lines: readonly string[];
  /** Why it can not be proposed; nothing when it can. */
  readonly obstacles: readonly Obstacle[];
  /** What signers bind. */
  readonly hash: Bytes32;
  readonly basis: Basis;
  readonly json: Json;
  /** What the document follows. */
  readonly follows:
    | { readonly kind: "Policy"; readonly current: Json | undefined }
    | { readonly kind: "Roster"; readonly current: Json; readonly place: RosterPlace };
};

export type Proposed = { readonly kind: "Policy" | "Roster"; readonly document: Json };

/** The report that the first signer bound, made again, or a new one when nobody signed one yet. Throws `Refused` `change.report` when it comes out otherwise. */
export function agreedReport(log: HeldLog, proposed: Proposed): ChangeReport {
  const first = firstSigned(log, proposed);
  if (first === undefined) return reportOver(log, log.size, proposed);
  const { basis, reportHash } = first;
  if (basis.logSize > log.size)
    throw differs(`it was made of ${basis.logSize} leaves of the log, and the log has ${log.size}`);
  const report = reportOver(log, basis.logSize, proposed);
  if (report.basis.rosterHash !== basis.rosterHash) throw differs("it names another roster than was in force then");
  if (report.hash !== reportHash) throw differs(`here it is ${report.hash}, there ${reportHash}`);
  return report;
}

/** The report over the log as it is now: what the first signer chose to look at may have left out what came last. */
export function reportNow(log: HeldLog, proposed: Proposed): ChangeReport {
  return reportOver(log, log.size, proposed);
}

function differs(why: string): Refused {
  const cause = "another release of the command may have made it, or somebody bound what is not so";
  return new Refused(
    "change.report",
    `nothing is signed: the report that the first signer bound is not the one made here: ${why}; ${cause}`,
  );
}

/** The words of the first who signed this document with a report; who signed without one bound nothing. */
function firstSigned(
  { entries }: HeldLog,
  { kind, document }: Proposed,
): { readonly reportHash: Bytes32; readonly basis: Basis } | undefined {
  const name = hash(document);
  for (const { entry } of entries) {
    if (entry.kind !== "statement" || entry.statement.kind !== `${kind}Change`) continue;
    const statement = readStatement(entry.statement);
    if (statement.kind !== "PolicyChange" && statement.kind !== "RosterChange") continue;
    const { documentHash, reportHash } = statement.message;
    const basis = attachmentSchema.safeParse(entry.attachment).data?.basis;
    if (documentHash === name && reportHash !== zero && basis !== undefined) return { reportHash, basis };
  }
  return undefined;
}

function reportOver(log: HeldLog, size: number, { kind, document }: Proposed): ChangeReport {
  const leaves = log.entries.slice(0, size);
  const checks = checksHere();
  if (kind === "Policy") {
    const { asset } = parseWith(z.looseObject({ asset: nameSchema }), document, "change.document");
    const { standing, past } = historyOf(leaves, asset, checks);
    const current = standing.policies.get(asset)?.document;
    const { index: roster, hash: rosterHash } = standing.roster;
    const report = policyReport(document, { current, roster, rosterHash, logSize: size, past });
    return { ...report, basis: basisOf(standing, size), json: toWire(report), follows: { kind, current } };
  }
  const { standing } = historyOf(leaves, undefined, checks);
  const current = toWire(standing.roster.roster);
  const place = {
    policies: [...standing.policies.values()].map((own) => own.document),
    change: standing.genesis.change,
  };
  const report = rosterReport(document, { current, ...place, logSize: size });
  return { ...report, basis: basisOf(standing, size), json: toWire(report), follows: { kind, current, place } };
}

function basisOf({ roster }: Standing, logSize: number): Basis {
  return { logSize, rosterHash: roster.hash };
}
