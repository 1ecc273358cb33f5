/** The recorded decision against the one the gate's own code makes on the recorded facts. */
import type { Decision } from "../policy/decision.ts";
import type { Facts } from "../policy/facts.ts";
import { toWire } from "../values/wire.ts";
import { amountsIn } from "./amounts.ts";
import { knownEngines, type Bundle } from "./bundle.ts";
import { differs, finding, shown, type Finding } from "./finding.ts";
import { decideAgain, explains, type Matter } from "./matter.ts";
import { firstDifference, join, valueAt } from "./path.ts";
import { otherRound } from "./rounds.ts";
import { otherUsage } from "./usage.ts";

/** What the write-ahead leaf says beside facts and decision. */
export function checkAllocation(bundle: Bundle, matter: Matter): readonly Finding[] {
  const { roles, standing, policy, intent } = matter;
  const { field, entry } = roles.allocation;
  const { message, hash } = roles.submission.statement;
  const at = (name: string): string => `${field}.entry.${name}`;
  return [
    ...differs("requestId", bundle.requestId, message.requestId, "the submission"),
    ...checkEngine(bundle, matter),
    ...differs(at("requestId"), entry.requestId, message.requestId, "the submission"),
    ...differs(at("submission"), entry.submission, hash, "the submission itself"),
    ...differs(at("policyHash"), entry.policyHash, policy.hash, "the policy in force"),
    ...differs(at("rosterHash"), entry.rosterHash, standing.roster.hash, "the roster in force"),
    ...differs(at("chainId"), entry.chainId, intent.chainId, "the submission"),
    ...differs(at("account"), entry.account, intent.account, "the submission"),
  ];
}

function checkEngine(bundle: Bundle, { roles }: Matter): readonly Finding[] {
  const { field, entry } = roles.allocation;
  const unknown = (place: string, name: string): readonly Finding[] =>
    knownEngines.includes(name) ? [] : [finding(place, `${shown(name)} is no engine that this verifier knows`)];
  const odd = [...unknown("engine", bundle.engine), ...unknown(`${field}.entry.engine`, entry.engine)];
  if (odd.length > 0 || bundle.engine === entry.engine) return odd;
  const why = "the bundle names another engine than the leaf of the allocation";
  return [finding("engine", why, ["engine", `${field}.entry.engine`])];
}

export function checkDecision(matter: Matter): readonly Finding[] {
  const { field, entry } = matter.roles.allocation;
  const { decision, facts } = entry;
  const again = toWire(decideAgain(matter, facts));
  const base = `${field}.entry.decision`;
  const place = firstDifference(toWire(decision), again, base);
  if (place === undefined) {
    return decision.verdict === "allowed" ? [] : [finding(`${base}.verdict`, "the policy did not allow this request")];
  }
  const other = explanation(matter, decision, facts);
  if (other !== undefined)
    return [finding(`${field}.entry.facts.${other}`, "the recorded decision rests on another value")];
  return [finding(place, `on these facts the policy says ${shown(valueAt(again, base, place))}`)];
}

/** A fact of the journal's alone that, with another value, leads to the recorded decision: that one was changed. */
function explanation(matter: Matter, decision: Decision, facts: Facts): string | undefined {
  const outstanding = amountsIn(decision.clauses, matter.policy.policy.token.decimals);
  if (outstanding.some((value) => explains(matter, { ...facts, outstanding: value }))) return "outstanding";
  const spends = facts.spends ?? [];
  for (const [position, spend] of spends.entries()) {
    const others = spends.filter((one) => one !== spend);
    const place = join("spends", position);
    if (explains(matter, { ...facts, spends: [...others, { ...spend, at: facts.now }] })) return `${place}.at`;
    if (explains(matter, { ...facts, spends: others })) return `${place}.at`;
  }
  return otherUsage(matter) ?? otherRound(matter);
}
