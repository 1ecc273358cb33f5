/** What officers read and bind before they sign a roster: who comes and goes, whose approvals are void, and what it does to every policy. */
import { indexRoster, type RosterIndex } from "../../roster/membership.ts";
import { rosterSchema, type Roster } from "../../roster/roster.ts";
import { changedMembers } from "../../roster/succession.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { hash, type Json } from "../../values/json.ts";
import { parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import { analyse, type Analysis } from "../analyse/analyse.ts";
import type { ChangeClass } from "./change-class.ts";
import { compileClaims } from "../analyse/claim.ts";
import { compile } from "../compile/compile.ts";
import { differenceLines, fieldChanges, under } from "../analyse/difference-lines.ts";
import { readPolicyDocument } from "../document/document.ts";
import { findingLine, type PolicyFinding } from "../analyse/finding.ts";
import { prove, type Proof } from "../analyse/prove.ts";
import { obstacleLine, undecidedOf, type Obstacle } from "./report.ts";
import type { ChangeRule } from "../document/requirement.ts";
import { rosterChangeClass } from "./roster-change-class.ts";

/** What else the report is made of: the documents in force, and the change block of the genesis. */
export type RosterBasis = {
  readonly current: Json;
  readonly policies: readonly Json[];
  readonly change: { readonly tighten: ChangeRule; readonly loosen: ChangeRule };
  /** Leaves of the log after which these were in force. */
  readonly logSize: number;
};

export type RosterReport = {
  readonly class: ChangeClass;
  readonly documentHash: Bytes32;
  readonly logSize: number;
  /** By asset, what the roster brings that was not so before. */
  readonly effects: readonly PolicyEffect[];
  /** Why it can not be proposed: what it would open. That somebody lacks afterwards is told, and holds back nobody who must remove a leaver. */
  readonly obstacles: readonly Obstacle[];
  readonly lines: readonly string[];
  /** Of all of the above: what the signers of a change bind. */
  readonly hash: Bytes32;
};

export type PolicyEffect = {
  readonly asset: string;
  readonly findings: readonly PolicyFinding[];
  /** Claims that no longer hold. */
  readonly claims: readonly Proof["claims"][number][];
  readonly undecided: string | undefined;
};

/** Throws `InvalidValue` when a document is none. */
export function rosterReport(proposed: Json, basis: RosterBasis): RosterReport {
  const [before, after] = [rosterIn(basis.current), rosterIn(proposed)];
  const documents = basis.policies.map((json) => readPolicyDocument(json));
  const policies = documents.map((document) => ({ policy: compile(document), claims: compileClaims(document) }));
  const ground = { policies: policies.map(({ policy }) => policy), change: basis.change };
  const effects = policies.map(({ policy, claims }): PolicyEffect => ({
    asset: policy.asset,
    ...worse(analyse(policy, before), analyse(policy, after)),
    claims: newlyFalse(prove(policy, claims, before), prove(policy, claims, after)),
  }));
  const parts = {
    class: rosterChangeClass(before, after, ground),
    documentHash: hash(proposed),
    logSize: basis.logSize,
    effects,
    obstacles: effects.flatMap(obstaclesOf),
  };
  const lines = linesOf(parts, before.roster, after.roster);
  return { ...parts, lines, hash: hash(toWire({ ...parts, lines })) };
}

function rosterIn(json: Json): RosterIndex {
  return indexRoster(parseWith(rosterSchema, json, "roster.malformed"));
}

function worse(before: Analysis, after: Analysis): Pick<PolicyEffect, "findings" | "undecided"> {
  const findings = newFindings(before.findings, after.findings).filter(({ severity }) => severity !== "note");
  return { findings, undecided: after.why };
}

/** Those that were not there before. */
export function newFindings(
  before: readonly PolicyFinding[],
  after: readonly PolicyFinding[],
): readonly PolicyFinding[] {
  const known = new Set(before.map(keyOf));
  return after.filter((finding) => !known.has(keyOf(finding)));
}

/** An example with other people in it shows the same. */
function keyOf({ code, field, message }: PolicyFinding): string {
  return JSON.stringify([code, field, message]);
}

function newlyFalse(before: Proof, after: Proof): readonly Proof["claims"][number][] {
  const proved = new Set(before.claims.filter(({ kind }) => kind === "proved").map(({ field }) => field));
  return after.claims.filter(({ kind, field }) => kind !== "proved" && proved.has(field));
}

/** What lets somebody through who was not before. */
const opening: ReadonlySet<PolicyFinding["code"]> = new Set(["policy.overlap", "policy.separation"]);

function obstaclesOf({ asset, findings, claims, undecided }: PolicyEffect): readonly Obstacle[] {
  const place = (field: string): string => `${asset} ${field}`;
  return [
    ...undecidedOf(undecided, asset),
    ...findings
      .filter(({ code }) => opening.has(code))
      .map(({ code, field, message, example }) => ({
        code,
        field: place(field),
        message: example === undefined ? message : `${message}; for example: ${example.text}`,
      })),
    ...claims
      .filter(({ field }) => field.startsWith("never"))
      .map(({ kind, field, message }) => ({ code: `policy.claim-${kind}`, field: place(field), message })),
  ];
}

function linesOf(
  { effects, obstacles }: Pick<RosterReport, "effects" | "obstacles">,
  before: Roster,
  after: Roster,
): readonly string[] {
  const changed = [...changedMembers(before, after)].sort();
  const words = [
    ...differenceLines(rosterLines(before), rosterLines(after)),
    ...(changed.length === 0 ? [] : [`open approvals are void of: ${changed.join(", ")}`]),
  ];
  const lines = [
    ...under("it cannot be proposed", obstacles.map(obstacleLine)),
    ...under("in words", words),
    ...effects.flatMap((effect) => under(`new under the policy of ${effect.asset}`, effectLines(effect))),
    ...under("field by field", fieldChanges(toWire(before), toWire(after))),
  ];
  return lines.length === 0 ? ["nothing changes"] : lines;
}

function effectLines({ findings, claims, undecided }: PolicyEffect): readonly string[] {
  return [
    ...(undecided === undefined ? [] : [`cannot decide: ${undecided}`]),
    ...findings.map(findingLine),
    ...claims.map(({ field, kind, message }) => `${field} is ${kind} now: ${message}`),
  ];
}

function rosterLines({ people, services, keys }: Roster): readonly string[] {
  const member = (kind: string, one: Roster["people"][number]): readonly string[] => [
    `${kind} ${one.id} (${one.name})${one.unit === undefined ? "" : ` of ${one.unit}`} in ${one.groups.length === 0 ? "no group" : one.groups.join(", ")}`,
    ...one.credentials.map(
      (held) =>
        `credential ${held.id} of ${one.id}: ${held.kind} ${held.kind === "wallet" ? held.address : held.publicKey}`,
    ),
  ];
  return [
    ...people.flatMap((one) => member("person", one)),
    ...services.flatMap((one) => member("service", one)),
    ...keys.map(({ id, account, backend }) => `managed key ${id}: ${account} on ${backend}`),
  ];
}
