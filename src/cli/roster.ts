/** `countersign roster check`: a roster looked at before anybody signs it, and what its people make of the policies. */
import { documentName } from "../genesis/genesis.ts";
import { analyse, type Analysis } from "../policy/analyse/analyse.ts";
import { findingLine, type PolicyFinding } from "../policy/analyse/finding.ts";
import type { Policy } from "../policy/policy.ts";
import { newFindings } from "../policy/change/roster-report.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { attempt, wrong } from "./finding-lines.ts";
import { documentsInForce } from "./in-force.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile, readRosterFile } from "./policy-file.ts";

/**
 * One person in two groups can make rules overlap, so every policy is analysed again: those named, or those in force. Of those in
 * force only what the roster in force does not make just as well is a no.
 */
export async function check(given: Given): Promise<Outcome> {
  const read = attempt(() => ({
    ...readRosterFile(given.operand),
    named: given.list("policy").map((path) => readPolicyFile(path).policy),
  }));
  if (read.kind === "wrong") return wrong(read.problems);
  const { index, hash: name, named } = read.value;
  const ground = named.length > 0 ? { policies: named } : await groundInForce(given);
  const judged = ground.policies.map((policy) => judge(policy, index, ground.roster));
  const ok = judged.every((one) => one.ok);
  const { version } = index.roster;
  const groups = groupsOf(index);
  const lines = [
    ...headLines(index, groups),
    ...judged.flatMap((one) => [`under the policy of ${one.asset}:`, ...judgedLines(one)]),
    ...(judged.length === 0 ? ["say --policy FILE to see whether a policy can live with these people"] : []),
    `hash: ${documentName(name)}`,
  ];
  const json = { ok, version, hash: name, groups, problems: [], policies: judged.map(judgedJson) };
  return ok ? yes(lines, json) : no(lines, json);
}

type Ground = { readonly policies: readonly Policy[]; readonly roster?: RosterIndex };

/** Nothing when no service is meant. */
async function groundInForce(given: Given): Promise<Ground> {
  if (["api", "credential", "genesis"].some((option) => given.maybe(option) === undefined)) return { policies: [] };
  const { policies, standing } = await documentsInForce(openService(given));
  const shown = [...standing.policies.values()].filter(({ policy }) => policies.has(policy.asset));
  return { policies: shown.map(({ policy }) => policy), roster: standing.roster.index };
}

type Judged = {
  readonly asset: string;
  readonly analysis: Analysis;
  /** Findings that are not so already. */
  readonly fresh: readonly PolicyFinding[];
  readonly ok: boolean;
};

function judge(policy: Policy, index: RosterIndex, inForce: RosterIndex | undefined): Judged {
  const analysis = analyse(policy, index);
  const before = inForce === undefined ? [] : analyse(policy, inForce).findings;
  const fresh = newFindings(before, analysis.findings);
  const ok = analysis.kind !== "undecided" && fresh.every(({ severity }) => severity !== "error");
  return { asset: policy.asset, analysis, fresh, ok };
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

function judgedLines({ analysis: { kind, findings, why }, fresh }: Judged): readonly string[] {
  if (kind === "undecided") return [`  cannot decide: ${why ?? "there are too many cases"}; this is no yes`];
  const told = fresh.filter(({ severity }) => severity !== "note").map((finding) => `  ${findingLine(finding)}`);
  const known = findings.length - fresh.length;
  const already = known === 0 ? [] : [`  ${known} of the findings are there with the roster in force too`];
  return [...(told.length === 0 ? ["  nothing is wrong that was not before"] : told), ...already];
}

function judgedJson({ asset, analysis, fresh }: Judged): Json {
  const { kind, findings, why } = analysis;
  return toWire({ asset, kind, findings, new: fresh, why });
}
