/** `countersign roster check`: a roster looked at before anybody signs it, and what its people make of the policies. */
import { documentName } from "../genesis/genesis.ts";
import { analyse, type Analysis } from "../policy/analyse.ts";
import { compile } from "../policy/compile.ts";
import { readPolicyDocument } from "../policy/document.ts";
import { findingLine } from "../policy/finding.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { attempt, wrong } from "./finding-lines.ts";
import { documentsInForce } from "./in-force.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile, readRosterFile } from "./policy-file.ts";

/** One person in two groups can make rules overlap, so every policy is analysed again: those named, or those in force. */
export async function check(given: Given): Promise<Outcome> {
  const read = attempt(() => ({
    ...readRosterFile(given.operand),
    named: given.list("policy").map((path) => readPolicyFile(path).policy),
  }));
  if (read.kind === "wrong") return wrong(read.problems);
  const { index, hash: name, named } = read.value;
  const policies = named.length > 0 ? named : await policiesInForce(given);
  const judged = policies.map((policy) => ({ asset: policy.asset, analysis: analyse(policy, index) }));
  const ok = judged.every(({ analysis }) => analysis.kind === "clean");
  const { version } = index.roster;
  const groups = groupsOf(index);
  const lines = [
    ...headLines(index, groups),
    ...judged.flatMap(({ asset, analysis }) => [`under the policy of ${asset}:`, ...analysisLines(analysis)]),
    ...(judged.length === 0 ? ["say --policy FILE to see whether a policy can live with these people"] : []),
    `hash: ${documentName(name)}`,
  ];
  const json = { ok, version, hash: name, groups, problems: [], policies: toWire(judged.map(analysed)) };
  return ok ? yes(lines, json) : no(lines, json);
}

/** Nothing when no service is meant. */
async function policiesInForce(given: Given): Promise<readonly Policy[]> {
  if (["api", "credential", "genesis"].some((option) => given.maybe(option) === undefined)) return [];
  const { policies } = await documentsInForce(openService(given));
  return [...policies.values()].map(({ document }) => compile(readPolicyDocument(document)));
}

function groupsOf(index: RosterIndex): Readonly<Record<string, readonly string[]>> {
  const { people, services } = index.roster;
  const names = [...new Set([...people, ...services].flatMap((member) => member.groups))].sort();
  return Object.fromEntries(names.map((group) => [group, index.members(group).map(({ id }) => id)]));
}

function headLines({ roster }: RosterIndex, groups: ReturnType<typeof groupsOf>): readonly string[] {
  const { people, services, keys, version } = roster;
  return [
    `roster ${version} is sound: ${people.length} people, ${services.length} services, ${keys.length} managed keys`,
    ...Object.entries(groups).map(([group, ids]) => `  ${group}: ${ids.join(", ")}`),
  ];
}

function analysisLines({ kind, findings, why }: Analysis): readonly string[] {
  if (kind === "undecided") return [`  cannot decide: ${why ?? "there are too many cases"}; this is no yes`];
  const told = findings.filter(({ severity }) => severity !== "note").map((finding) => `  ${findingLine(finding)}`);
  return told.length === 0 ? ["  nothing is wrong"] : told;
}

function analysed({ asset, analysis }: { readonly asset: string; readonly analysis: Analysis }): Json {
  const { kind, findings, why } = analysis;
  return toWire({ asset, kind, findings, why });
}
