/** Where a decision and the reference differ, in one sentence. */
import type { Decision } from "../../src/policy/decision.ts";
import { canonical } from "../../src/values/json.ts";
import type { Answer } from "./reference.ts";

/** Undefined when they agree on verdict, rule, tier, requirement and the set of clauses that fail. */
export function difference(decision: Decision, answer: Answer): string | undefined {
  const theirs = {
    verdict: decision.verdict,
    rule: decision.rule,
    tier: decision.tier,
    requires: decision.requires,
    failing: decision.clauses.flatMap(({ id, ok, curable }) => (ok ? [] : [`${id}${curable ? "" : "!"}`])).sort(),
  };
  const ours = {
    verdict: answer.verdict,
    rule: answer.rule,
    tier: answer.tier,
    requires: answer.requires,
    failing: answer.failing.map(({ id, curable }) => `${id}${curable ? "" : "!"}`).sort(),
  };
  const [one, other] = [canonical(theirs), canonical(ours)];
  return one === other ? undefined : `decide says ${one}, the reference ${other}`;
}
