/** A report as lines for people. */
import * as instant from "../values/instant.ts";
import type { Report } from "./report.ts";

export function reportLines(report: Report): readonly string[] {
  const { initiator, policy, roster, key, log, outcome } = report;
  return [
    `verified: request ${report.requestId}`,
    "",
    `what       ${report.intent}`,
    `asked by   ${who(initiator)}, leaf ${initiator.leaf}, ${instant.toIso(initiator.at)}`,
    ...report.agreed.map(
      (one) =>
        `agreed     ${who(one)}${seat(one.seat)}, leaf ${one.leaf}, ${instant.toIso(one.at)}${reason(one.reason)}`,
    ),
    `policy     ${policy.asset} version ${policy.version}, rule ${policy.rule}, tier ${policy.tier + 1} (${policy.hash})`,
    `roster     version ${roster.version} (${roster.hash})`,
    `key        ${key.id}, ${key.account}, ${key.backend}`,
    ...report.transactions.map((one) => `signed     ${one.txHash}, nonce ${one.nonce}, leaf ${one.leaf}`),
    outcome === null
      ? "outcome    not in this bundle"
      : `outcome    ${outcome.status} in block ${outcome.blockNumber}, seen by ${outcome.by}: ${outcome.txHash}`,
    `log        ${log.origin}, size ${log.size}, decided ${instant.toIso(log.decidedAt)} at leaf ${log.allocationLeaf}`,
    ...log.cosigned.map((one) => `witness    ${one.name} cosigned the log, ${instant.toIso(one.at)} by its own clock`),
    `engine     ${report.engine}, format ${report.format}`,
    "",
    "clauses",
    ...report.clauses.map((one) => `  ${one.id}: ${one.observed}; bound: ${one.bound}`),
    "",
    "who vouches for what",
    ...report.facts.map((one) => `  ${one.fact}: ${one.value} — ${one.by}`),
    "",
    "what this does not prove",
    ...report.doesNotProve.map((one) => `  - ${one}`),
  ];
}

function who({ person, name, credential, credentialKind }: Report["initiator"] | Report["agreed"][number]): string {
  return `${name} (${person}) with ${credentialKind} ${credential}`;
}

function seat(group: string | null): string {
  return group === null ? ", not needed" : ` in a seat of ${group}`;
}

function reason(text: string): string {
  return text === "" ? "" : `: ${text}`;
}
