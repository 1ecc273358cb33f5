/** Decisions and policies in plain words, a line at a time. */
import * as address from "../values/address.ts";
import * as duration from "../values/duration.ts";
import * as instant from "../values/instant.ts";
import { lackText, quorumText } from "./demand-text.ts";
import type { Clause, Decision } from "./decision.ts";
import type { Guard, Limit, Policy, Rule, Tier } from "./policy.ts";
import { inAsset, inEther } from "./quantity.ts";
import type { ChangeRule } from "./requirement.ts";

/** The verdict first, then one line for everything that stands in the way. */
export function explainDecision(decision: Decision): string[] {
  const failing = decision.clauses.filter((clause) => !clause.ok);
  const lines = [verdictLine(decision), ...failing.flatMap((clause) => clauseLines(clause, decision))];
  return [...lines, ...decision.nearest.map(({ rule, clause }) => `nearest rule ${rule}: ${lackOf(clause)}`)];
}

function verdictLine(decision: Decision): string {
  const by =
    decision.rule === null
      ? ""
      : ` by rule ${decision.rule}${decision.tier === null ? "" : `, tier ${decision.tier + 1}`}`;
  const key = decision.key === null ? "" : `, signed by ${decision.key}`;
  switch (decision.verdict) {
    case "allowed":
      return `allowed${by}${key}`;
    case "pending":
      return `pending (${decision.code}) until ${instant.toIso(decision.expiresAt)}`;
    case "refused":
      return `refused (${decision.code})`;
  }
}

function clauseLines(clause: Clause, decision: Decision): string[] {
  if (!clause.curable) return [`refused: ${lackOf(clause)}`];
  const isQuorum = clause.kind === "quorum" && clause.id === `${decision.rule ?? ""}.quorum`;
  if (isQuorum && decision.missing.length > 0)
    return decision.missing.map((lack) => `waits for ${more(lackText(lack))}`);
  return [`waits: ${lackOf(clause)}`];
}

/** `1 of custodians` becomes `1 more of custodians`. */
function more(text: string): string {
  return text.replace(" of ", " more of ");
}

function lackOf(clause: Clause): string {
  return `${clause.id}: ${clause.observed}; must be: ${clause.bound}`;
}

/** What the policy permits and forbids, for somebody who does not read YAML. */
export function explainPolicy(policy: Policy): string[] {
  const { token } = policy;
  return [
    `policy ${policy.version} of ${policy.asset}: token ${address.checksum(token.address)} on chain ${token.chain}, ${token.decimals} decimals`,
    ...policy.rules.flatMap((rule) => ruleLines(policy, rule)),
    ...policy.guards.map(guardLine),
    ...policy.limits.map((limit) => limitLine(policy, limit)),
    ...[...policy.lists].map(([name, { entries, minAgeSeconds }]) => {
      const age = minAgeSeconds === 0 ? "" : `, each after ${duration.format(minAgeSeconds)}`;
      return `list ${name}${age}: ${[...entries].map(([entry, label]) => `${label} (${address.checksum(entry)})`).join(", ")}`;
    }),
    ...policy.separation.map(([one, other]) => `nobody is in both ${one} and ${other}`),
    `observers: ${policy.observersMin} must agree on what they see`,
    `to tighten: ${changeText(policy.change.tighten)}`,
    `to loosen: ${changeText(policy.change.loosen)}`,
    "everything else is denied",
  ];
}

function ruleLines(policy: Policy, rule: Rule): string[] {
  const to =
    rule.when.to === undefined
      ? ""
      : ` to somebody ${rule.when.to.kind === "in" ? "" : "not "}on list ${rule.when.to.list}`;
  const head = `${rule.id}: somebody of ${rule.when.initiator} may ask to ${[...rule.when.operations].sort().join(" or ")}${to}`;
  return [head, ...rule.tiers.map((tier) => `  ${tierText(policy, tier)}`)];
}

function tierText(policy: Policy, tier: Tier): string {
  const from = tier.from === 0n ? "" : `over ${inAsset(tier.from - 1n, policy)} and `;
  const upTo = tier.below === 1n << 256n ? "any amount" : `up to ${inAsset(tier.below - 1n, policy)}`;
  const delay = tier.delaySeconds === 0 ? "" : `, after ${duration.format(tier.delaySeconds)}`;
  return `${from}${upTo}: ${quorumText(tier.quorum)}${delay}, signed by ${tier.sign}`;
}

function guardLine(guard: Guard): string {
  const operations = [...guard.when.operations].sort().join(", ");
  const { then } = guard;
  switch (then.kind) {
    case "reserves": {
      const by = `${then.by.min} of ${then.by.group}`;
      return `guard ${guard.id}: no ${operations} beyond attested reserves × ${then.ratio.text}, attested by ${by} within ${duration.format(then.maxAgeSeconds)}`;
    }
    default:
      return `guard ${guard.id}: no ${operations} with fees over ${inEther((guard.unless?.maxFee?.below ?? 1n) - 1n)}`;
  }
}

function limitLine(policy: Policy, limit: Limit): string {
  const per = limit.per === "asset" ? "" : ` per ${limit.per}`;
  const window = limit.window.kind === "rolling" ? duration.format(limit.window.seconds) : limit.window.unit;
  return `limit ${limit.id}: at most ${inAsset(limit.max, policy)} of ${[...limit.when.operations].sort().join(", ")}${per} in any ${window}`;
}

function changeText({ quorum, delay, veto }: ChangeRule): string {
  const wait = delay === undefined ? "" : `, after ${delay}`;
  return `${quorumText(quorum)}${wait}${veto === undefined ? "" : `, unless ${veto.min} of ${veto.group} object`}`;
}
