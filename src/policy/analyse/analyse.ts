/** The analysis of a policy: everything in it that overlaps, is never reached, leaves a hole, or that people cannot carry. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Condition } from "../compile/condition.ts";
import { batchFindings } from "./batch-fit.ts";
import { findingLine, sorted, type PolicyFinding } from "./finding.ts";
import { gapFindings } from "./gap.ts";
import { changeFindings, livenessOf } from "./liveness.ts";
import { overlapFindings } from "./overlap.ts";
import type { Policy } from "../policy.ts";
import { idleOf } from "./idle.ts";
import { checkAgainstRoster, checkWallets } from "./roster-fit.ts";
import { defaultBudget, Undecided, type Budget, type Bounded } from "./spots.ts";
import { terrainOf, visits } from "./survey.ts";
import { syntheticRoster } from "./synthetic-roster.ts";
import { counted } from "../words/spoken.ts";

export type Analysis = {
  /** `clean` has no error; `undecided` is no answer and never fine. */
  readonly kind: "clean" | "errors" | "undecided";
  readonly findings: readonly PolicyFinding[];
  /** Whether people were made up, so that nothing is said of those who really are there. */
  readonly syntheticRoster: boolean;
  /** Why it was not decided. */
  readonly why?: string;
  readonly lines: readonly string[];
};

/** Exact over all requests. Without a roster, over everybody whom the policy does not exclude; then quorums and losses are not judged. */
export function analyse(policy: Policy, roster?: RosterIndex, { budget = defaultBudget }: Bounded = {}): Analysis {
  const synthetic = roster === undefined;
  try {
    const findings = sorted(findAll(policy, roster, { left: budget }));
    const kind = findings.some(({ severity }) => severity === "error") ? "errors" : "clean";
    return { kind, findings, syntheticRoster: synthetic, lines: linesOf(findings, synthetic) };
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    const lines = [`cannot decide: ${error.message}`];
    return { kind: "undecided", findings: [], syntheticRoster: synthetic, why: error.message, lines };
  }
}

function findAll(policy: Policy, given: RosterIndex | undefined, budget: Budget): readonly PolicyFinding[] {
  const terrain = terrainOf(policy, given ?? syntheticRoster(policy));
  const idle = idleOf(terrain);
  const liveness = livenessOf(terrain);
  for (const rule of policy.rules)
    for (const visit of visits(rule, terrain, budget)) {
      idle.see(visit);
      if (given !== undefined) liveness.see(visit);
    }
  return [
    ...overlapFindings(terrain, budget),
    ...idle.findings(),
    ...gapFindings(terrain, budget),
    ...unusedLists(policy),
    ...batchFindings(policy),
    ...checkWallets(policy).map((finding): PolicyFinding => ({ ...finding, severity: "error" })),
    ...(given === undefined
      ? []
      : [...liveness.findings(), ...changeFindings(policy, given), ...standing(policy, given)]),
  ];
}

/** What the roster lacks as it stands; quorums are judged with everything that guards and limits add. */
function standing(policy: Policy, roster: RosterIndex): readonly PolicyFinding[] {
  return checkAgainstRoster(policy, roster)
    .filter(({ code }) => code !== "policy.quorum-unfillable")
    .map((finding): PolicyFinding => ({ ...finding, severity: "error" }));
}

function unusedLists({ lists, rules, guards, limits }: Policy): readonly PolicyFinding[] {
  const conditions: Condition[] = [
    ...rules.map(({ when }) => when),
    ...guards.flatMap(({ when, unless }) => (unless === undefined ? [when] : [when, unless])),
    ...limits.map(({ when }) => when),
  ];
  const tests = conditions.flatMap(({ to, args, typedData }) => [
    ...(to === undefined ? [] : [to]),
    ...[...args, ...(typedData?.fields ?? [])].map(({ test }) => test),
  ]);
  const used = new Set(tests.flatMap((test) => (test.kind === "in" || test.kind === "not-in" ? [test.list] : [])));
  return [...lists.keys()]
    .filter((list) => !used.has(list))
    .map((list): PolicyFinding => ({
      code: "policy.list-unused",
      severity: "note",
      field: `lists.${list}`,
      message: `no rule, guard or limit speaks of list \`${list}\``,
    }));
}

function linesOf(findings: readonly PolicyFinding[], synthetic: boolean): readonly string[] {
  const some = (severity: PolicyFinding["severity"]): string =>
    counted(findings.filter((one) => one.severity === severity).length, severity);
  const made =
    "no roster was given: overlaps are of anybody whom the policy does not exclude, and nothing is said of quorums and losses";
  return [
    ...findings.map(findingLine),
    ...(synthetic ? [made] : []),
    [some("error"), some("warning"), some("note")].join(", "),
  ];
}
