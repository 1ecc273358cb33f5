/** What a verified bundle tells, for a person who reads it on a page. */
import { h, type JSX } from "preact";
import type { Report } from "../bundle/report.ts";
import { said } from "./said.ts";
import { timeShown } from "./time-shown.ts";

type Row = readonly [term: string, ...what: (JSX.Element | string)[]];

export function bundleReport(report: Report): JSX.Element {
  const { policy, roster, key, log } = report;
  return h(
    "section",
    { "aria-labelledby": "report" },
    h("h2", { id: "report" }, "What was agreed"),
    h("p", { class: "amount" }, said(report.intent)),
    rows([
      ["asked for by", ...who(report.initiator), ", ", timeShown(report.initiator.at, undefined)],
      ...report.agreed.map((one): Row => [
        "agreed",
        ...who(one),
        seat(one.seat),
        ", ",
        timeShown(one.at, undefined),
        ...reason(one.reason),
      ]),
      [
        "policy",
        `${policy.asset} version ${policy.version}, rule ${policy.rule}, tier ${policy.tier + 1} `,
        code(policy.hash),
      ],
      ["roster", `version ${roster.version} `, code(roster.hash)],
      ["key", `${key.id}, ${key.backend} `, code(key.account)],
      ...report.transactions.map((one): Row => ["signed", code(one.txHash), `, nonce ${one.nonce}`]),
      ["outcome", ...outcomeOf(report)],
      [
        "log",
        `leaf ${log.allocationLeaf} of ${log.size}, decided `,
        timeShown(log.decidedAt, undefined),
        " ",
        code(log.root),
      ],
      ...log.cosigned.map((one): Row => [
        "witness",
        said(one.name),
        ", ",
        timeShown(one.at, undefined),
        " by its own clock",
      ]),
      ["request", code(report.requestId)],
    ]),
    h("h2", {}, "Clauses of the policy"),
    rows(report.clauses.map((one): Row => [one.id, said(`${one.observed}; bound: ${one.bound}`)])),
    h("h2", {}, "Who vouches for what"),
    rows(report.facts.map((one): Row => [one.fact, said(`${one.value} — ${one.by}`)])),
    h("h2", {}, "What this does not prove"),
    h("ul", {}, ...report.doesNotProve.map((one) => h("li", {}, said(one)))),
  );
}

function rows(entries: readonly Row[]): JSX.Element {
  return h("dl", {}, ...entries.flatMap(([term, ...what]) => [h("dt", {}, said(term)), h("dd", {}, ...what)]));
}

function who({
  name,
  person,
  credential,
  credentialKind,
}: Report["initiator"] | Report["agreed"][number]): (JSX.Element | string)[] {
  return [said(name), ` (${person}) with ${credentialKind} ${credential}`];
}

function seat(group: string | null): string {
  return group === null ? ", not needed" : ` in a seat of ${group}`;
}

function reason(text: string): (JSX.Element | string)[] {
  return text === "" ? [] : [": ", said(text)];
}

function outcomeOf({ outcome }: Report): (JSX.Element | string)[] {
  if (outcome === null) return ["not in this bundle"];
  return [`${outcome.status} in block ${outcome.blockNumber}, seen by ${outcome.by}: `, code(outcome.txHash)];
}

function code(text: string): JSX.Element {
  return h("code", {}, text);
}
