/** Decisions in plain words, a line at a time. */
import * as instant from "../../values/instant.ts";
import { lackText } from "../decide/demand-text.ts";
import type { Clause, Decision } from "../decision.ts";

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
      : ` by rule ${decision.rule}${decision.tier === null ? "" : `, tier ${decision.tier + 1}`}${batchText(decision)}`;
  const key = decision.key === null ? "" : `, signed by ${decision.key}`;
  switch (decision.verdict) {
    case "allowed":
      return `allowed${by}${key}`;
    case "pending":
      return `pending (${decision.code})${batchText(decision)} until ${instant.toIso(decision.expiresAt)}`;
    case "refused":
      return `refused (${decision.code})`;
  }
}

function batchText({ batch }: Decision): string {
  return batch === undefined ? "" : ` for a batch of ${batch.count} requests, ${batch.total} together`;
}

function clauseLines(clause: Clause, decision: Decision): string[] {
  if (!clause.curable) return [`refused: ${lackOf(clause)}`];
  const isQuorum = clause.id === `${decision.rule ?? ""}.quorum`;
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
