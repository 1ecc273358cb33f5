/** `countersign policy check|test|prove|explain|diff`: documents looked at before anybody signs them. */
import { checksHere } from "../compose/cli-credentials.ts";
import { historyOf } from "../gate/past.ts";
import { documentName } from "../genesis/genesis.ts";
import { analyse } from "../policy/analyse/analyse.ts";
import { changeClass } from "../policy/change/change-class.ts";
import { compileClaims, type ClaimResult } from "../policy/analyse/claim.ts";
import { diff as differ } from "../policy/analyse/diff.ts";
import { explainPolicy } from "../policy/words/explain-policy.ts";
import { prove as proveClaims, resultText } from "../policy/analyse/prove.ts";
import { replay, replayLines, type Replay } from "../policy/trial/replay.ts";
import { claimNames, failedTest, testLine, withFindings } from "../policy/change/report.ts";
import { runTests } from "../policy/trial/run-tests.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { problemLine } from "./bad-file.ts";
import type { Given } from "./command.ts";
import { attempt, findingLines, findingsJson, placeFindings, wrong } from "./finding-lines.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile, readRosterFile, type PolicyFile, type RosterFile } from "./policy-file.ts";
import { logIn } from "./given-log.ts";

export function explain(given: Given): Promise<Outcome> {
  const { policy, hash: name } = readPolicyFile(given.operand);
  const lines = explainPolicy(policy);
  return Promise.resolve(yes([...lines, `hash: ${documentName(name)}`], { hash: name, lines }));
}

/** Shape and meaning, exact over all requests; with a roster also whether its people can live by it. */
export function check(given: Given): Promise<Outcome> {
  const read = attempt(() => ({ ...readPolicyFile(given.operand), roster: rosterOf(given) }));
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
  const { policy, hash: name, written, file, roster } = read.value;
  const names = roster === undefined ? [] : claimNames(written, roster.index);
  const { kind, findings, why } = withFindings(analyse(policy, roster?.index), names);
  const placed = placeFindings(file, findings);
  const said = { asset: policy.asset, version: policy.version, hash: name, kind, ...findingsJson(placed) };
  const told = placed.flatMap(findingLines);
  if (kind === "undecided") {
    const undecided = `cannot decide: ${why ?? "there are too many cases"}; this is no yes`;
    return Promise.resolve(no([...told, undecided], { ok: false, ...said, why: why ?? "" }));
  }
  if (kind === "errors") return Promise.resolve(no(told, { ok: false, ...said }));
  const fits =
    roster === undefined
      ? "; say --roster FILE to see whether its people can live by it"
      : ", and the roster can live by it";
  const lines = [
    ...told,
    `the policy of ${policy.asset}, version ${policy.version}, is sound${fits}`,
    `hash: ${documentName(name)}`,
  ];
  return Promise.resolve(yes(lines, { ok: true, ...said }));
}

/** The examples in the policy, decided for the people of a roster. */
export function test(given: Given): Promise<Outcome> {
  const read = attempt(() => ({ ...readPolicyFile(given.operand), roster: readRosterFile(given.text("roster")) }));
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
  const { policy, written, file, roster, hash: name } = read.value;
  const results = runTests({ document: written, policy, roster: roster.index, rosterHash: roster.hash });
  const tests = results.map(({ decision, ...result }) => ({ ...result, clauses: decision?.clauses ?? [] }));
  const problems = file.placed(tests.flatMap((result, index) => (result.passed ? [] : [failedTest(result, index)])));
  const json = { hash: name, tests: toWire(tests), problems: toWire(problems) };
  const passed = tests.filter((result) => result.passed);
  const lines = [
    ...passed.map(testLine),
    ...problems.map(problemLine),
    tests.length === 0 ? "the policy has no tests" : `${passed.length} of ${tests.length} tests pass`,
  ];
  return Promise.resolve(problems.length === 0 ? yes(lines, { ok: true, ...json }) : no(lines, { ok: false, ...json }));
}

/** Its claims, over all requests, people and times. */
export function prove(given: Given): Promise<Outcome> {
  const read = attempt(() => {
    const policy = readPolicyFile(given.operand);
    return { ...policy, claims: policy.file.holding(() => compileClaims(policy.written)), roster: rosterOf(given) };
  });
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
  const { policy, claims, file, roster, hash: name, written } = read.value;
  const strangers = roster === undefined ? [] : claimNames(written, roster.index);
  const proof = proveClaims(policy, claims, roster?.index);
  const placed = placeFindings(file, strangers);
  const ok = proof.kind === "proved" && strangers.length === 0;
  const people = proof.syntheticRoster
    ? ["no roster was given: proved of anybody whom the policy does not exclude; say --roster FILE for its people"]
    : [];
  const lines = [
    ...placed.flatMap(findingLines),
    ...proof.claims.flatMap((claim) => claimLines(file, claim)),
    ...(claims.length === 0 ? ["the policy claims nothing"] : people),
  ];
  const json = { hash: name, kind: proof.kind, claims: toWire(proof.claims), ...findingsJson(placed) };
  return Promise.resolve(ok ? yes(lines, { ok, ...json }) : no(lines, { ok, ...json }));
}

function claimLines(file: PolicyFile["file"], { field, example, ...result }: ClaimResult): readonly string[] {
  const said = resultText(result);
  const placed = file.placed([{ code: "policy.claim", field, message: said }]).map(problemLine);
  return example === undefined ? placed : [...placed, `  for example: ${example.text}`];
}

/** What changes from one to the other by meaning, what the gate would call it, and what the next would have done to the requests of a log. */
export function diff(given: Given): Promise<Outcome> {
  const [first = "", second = ""] = given.operands;
  const read = attempt(() => ({
    before: readPolicyFile(first),
    next: readPolicyFile(second),
    roster: rosterOf(given),
  }));
  if (read.kind === "wrong") return Promise.resolve(wrong(read.problems));
  const { before, next, roster } = read.value;
  const answer = differ(before.policy, next.policy, roster?.index);
  const { kind, regions, settings, lines } = answer;
  const called = changeClass(before.written, next.written);
  const past = pastUnder(given, next);
  const told = [...lines, ...(past === undefined ? [] : replayLines(past)), `the gate calls it: ${called}`];
  const json: Json = {
    ...{ kind, class: called, regions: toWire(regions), settings: toWire(settings), lines },
    ...(past === undefined ? {} : { tried: past.tried, flips: toWire(past.flips) }),
  };
  return Promise.resolve(kind === "undecided" ? no(told, { ok: false, ...json }) : yes(told, { ok: true, ...json }));
}

function pastUnder(given: Given, { policy, hash: name }: PolicyFile): Replay | undefined {
  const path = given.maybe("log");
  if (path === undefined) return undefined;
  const { past } = historyOf(logIn(given, path).entries, policy.asset, checksHere());
  return replay(past, { policy, hash: name });
}

function rosterOf(given: Given): RosterFile | undefined {
  const path = given.maybe("roster");
  return path === undefined ? undefined : readRosterFile(path);
}
