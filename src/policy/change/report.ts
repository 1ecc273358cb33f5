/** What officers read and bind before they sign a policy: what it means, what it can never do, and what it would have done. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { hash, type Json } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import { analyse, type Analysis } from "../analyse/analyse.ts";
import { changeClass, type ChangeClass } from "./change-class.ts";
import { compileClaims } from "../analyse/claim.ts";
import { compile } from "../compile/compile.ts";
import { diff, type Diff } from "../analyse/diff.ts";
import { differenceLines, fieldChanges, under } from "../analyse/difference-lines.ts";
import { readPolicyDocument, type PolicyDocument } from "../document/document.ts";
import { explainPolicy } from "../words/explain-policy.ts";
import type { PolicyFinding } from "../analyse/finding.ts";
import type { Policy } from "../policy.ts";
import { prove, resultText, type Proof } from "../analyse/prove.ts";
import { replay, replayLines, type PastRequest, type Replay } from "../trial/replay.ts";
import { checkClaimNames } from "../compile/roster-names.ts";
import { runTests, type TestResult } from "../trial/run-tests.ts";

/** What a policy is judged by apart from the past. */
export type Judged = {
  readonly analysis: Analysis;
  readonly tests: readonly Tested[];
  readonly proof: Proof;
  /** Why it can not be proposed; nothing when it can. */
  readonly obstacles: readonly Obstacle[];
};
export type Tested = Omit<TestResult, "decision">;
/** `field` is where in the document it stands. */
export type Obstacle = { readonly code: string; readonly field: string; readonly message: string };

/** What the report is made of; whoever has the same makes the same report. */
export type ReportBasis = {
  /** The document in force, undefined for an asset's first policy. */
  readonly current: Json | undefined;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
  /** Leaves of the log that were looked at, and the requests that are in them. */
  readonly logSize: number;
  readonly past: readonly PastRequest[];
};

/**
 * Of a tightening, `obstacles` are those that the policy in force does not have just as well, and no tests or claims: examples of
 * what it takes away could not be changed without loosening, and taking away must not wait.
 */
export type PolicyReport = Judged & {
  readonly class: ChangeClass;
  readonly documentHash: Bytes32;
  readonly rosterHash: Bytes32;
  readonly logSize: number;
  /** Undefined for an asset's first policy. */
  readonly diff: Diff | undefined;
  readonly replay: Replay;
  readonly lines: readonly string[];
  /** Of all of the above: what the signers of a change bind. */
  readonly hash: Bytes32;
};

/** Throws `InvalidValue` when a document is none. */
export function policyReport(proposed: Json, basis: ReportBasis): PolicyReport {
  const document = readPolicyDocument(proposed);
  const before = basis.current === undefined ? undefined : readPolicyDocument(basis.current);
  const { roster, rosterHash, logSize, past } = basis;
  const [policy, documentHash] = [compile(document), hash(proposed)];
  const isTightening = before !== undefined && changeClass(before, document) === "tighten";
  const judged = judge({ document, policy, roster, rosterHash });
  const known = isTightening ? obstaclesIn(before, { roster, rosterHash }) : new Set();
  const inTheWay = judged.obstacles.filter(
    (obstacle) => !known.has(keyOf(obstacle)) && !(isTightening && isOfExample(obstacle)),
  );
  const parts = {
    ...judged,
    obstacles: inTheWay,
    class: isTightening ? ("tighten" as const) : ("loosen" as const),
    documentHash,
    rosterHash,
    logSize,
    diff: before === undefined ? undefined : diff(compile(before), policy, roster),
    replay: replay(past, { policy, hash: documentHash }),
  };
  const lines = linesOf(parts, { before, document, policy });
  return { ...parts, lines, hash: hash(toWire({ ...parts, lines })) };
}

/** What a policy says of itself. */
function isOfExample({ code }: Obstacle): boolean {
  return code === "policy.test-failed" || code.startsWith("policy.claim-");
}

/** What is wrong already must not keep anybody from tightening in an emergency. */
function obstaclesIn(document: PolicyDocument, people: Pick<Subject, "roster" | "rosterHash">): ReadonlySet<string> {
  return new Set(judge({ document, policy: compile(document), ...people }).obstacles.map(keyOf));
}

/** Another place in the document is no other obstacle. */
function keyOf({ code, message }: Obstacle): string {
  return JSON.stringify([code, message]);
}

type Subject = {
  readonly document: PolicyDocument;
  /** Compiled from the document. */
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
};

/** Analysis, tests and claims, for the people of this roster. */
export function judge(subject: Subject): Judged {
  const { document, policy, roster } = subject;
  const analysis = withFindings(analyse(policy, roster), claimNames(document, roster));
  const tests = runTests(subject).map(({ name, expected, came, passed }) => ({ name, expected, came, passed }));
  const proof = prove(policy, compileClaims(document), roster);
  return { analysis, tests, proof, obstacles: obstaclesOf({ analysis, tests, proof }) };
}

/** People and keys that only a claim names would be claimed of nobody. */
export function claimNames(document: PolicyDocument, roster: RosterIndex): readonly PolicyFinding[] {
  return checkClaimNames(document, roster).map((finding) => ({ ...finding, severity: "error" }));
}

/** Errors that another look found, before all others. */
export function withFindings(analysis: Analysis, errors: readonly PolicyFinding[]): Analysis {
  if (errors.length === 0) return analysis;
  const kind = analysis.kind === "undecided" ? "undecided" : "errors";
  const said = errors.map(({ field, message }) => `error ${field}: ${message}`);
  return { ...analysis, kind, findings: [...errors, ...analysis.findings], lines: [...said, ...analysis.lines] };
}

function obstaclesOf({ analysis, tests, proof }: Omit<Judged, "obstacles">): readonly Obstacle[] {
  return [
    ...undecidedOf(analysis.why, ""),
    ...analysis.findings
      .filter(({ severity }) => severity === "error")
      .map(({ code, field, message }) => ({ code, field, message })),
    ...tests.flatMap((test, index) => (test.passed ? [] : [failedTest(test, index)])),
    ...proof.claims
      .filter(({ kind }) => kind !== "proved")
      .map((result) => ({
        code: `policy.claim-${result.kind}`,
        field: result.field,
        message: `the claim is ${resultText(result)}`,
      })),
  ];
}

/** What cannot be decided holds back like what is wrong. */
export function undecidedOf(why: string | undefined, field: string): readonly Obstacle[] {
  if (why === undefined) return [];
  return [{ code: "policy.undecided", field, message: `the analysis cannot decide: ${why}` }];
}

/** Where in the document a failed test stands, and how it came. */
export function failedTest({ name, expected, came }: Tested, index: number): Obstacle {
  const message = `the test \`${name}\` expects ${expected}; it came ${came}`;
  return { code: "policy.test-failed", field: `tests.${index}`, message };
}

export function testLine({ name, expected, came, passed }: Tested): string {
  return passed ? `ok: ${name}: ${came}` : `failed: ${name}: expected ${expected}, came ${came}`;
}

type Parts = Omit<PolicyReport, "lines" | "hash">;
type Documents = {
  readonly before: PolicyDocument | undefined;
  readonly document: PolicyDocument;
  readonly policy: Policy;
};

function linesOf(parts: Parts, { before, document, policy }: Documents): readonly string[] {
  const { analysis, tests, proof, obstacles } = parts;
  const words = before === undefined ? [] : explainPolicy(compile(before));
  const failed = tests.filter(({ passed }) => !passed);
  return [
    ...under("it cannot be proposed", obstacles.map(obstacleLine)),
    ...under("in words", differenceLines(words, explainPolicy(policy))),
    ...under("by meaning", parts.diff?.lines ?? []),
    ...under("past requests", replayLines(parts.replay)),
    ...under("findings", analysis.lines),
    ...under("tests", [...failed.map(testLine), `${tests.length - failed.length} of ${tests.length} pass`]),
    ...under("claims", proof.lines),
    ...under("field by field", fieldChanges(before, document)),
  ];
}

export function obstacleLine({ field, message }: Obstacle): string {
  return field === "" ? message : `${field}: ${message}`;
}
