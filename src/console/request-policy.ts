/** What the policy says of a request: the seats first, then every clause with what was observed and what was allowed. */
import { h, type JSX } from "preact";
import type { Clause, Decision } from "../policy/decision.ts";
import type { Matter } from "./request-matter.ts";
import { rows } from "./rows.ts";
import { said } from "./said.ts";
import { timeShown } from "./time-shown.ts";

export function requestPolicy(matter: Matter): JSX.Element {
  const { decision, policy, inForce } = matter;
  if (decision === undefined)
    return h("section", {}, h("h2", {}, "Who must agree"), h("p", {}, "The gate has not looked at it yet."));
  const { judged } = policy;
  return h(
    "section",
    {},
    h("h2", {}, "Who must agree"),
    seatList(matter, decision),
    waitLine(matter, decision),
    h("h2", {}, "What the policy says"),
    h(
      "p",
      {},
      h("strong", {}, said(verdictWords(decision))),
      ` Policy version ${judged.version}, roster version ${inForce.documents.roster.version}.`,
    ),
    clauseTable(decision.clauses),
    ...decision.nearest.map(({ rule, clause }) =>
      h(
        "p",
        {},
        "The nearest rule is ",
        said(rule),
        ": ",
        said(clause.id),
        " is ",
        said(clause.observed),
        ", and must be ",
        said(clause.bound),
        ".",
      ),
    ),
    h("p", { class: "hint" }, "As the service tells it; the gate decides again."),
  );
}

function verdictWords({ verdict, code, rule, tier, key }: Decision): string {
  const by = rule === null ? "" : ` by rule ${rule}${tier === null ? "" : `, tier ${tier + 1}`}`;
  const signed = key === null ? "" : `, to be signed with ${key}`;
  if (verdict === "allowed") return `Allowed${by}${signed}.`;
  return verdict === "pending" ? `Not yet allowed${by}${signed}.` : `Refused (${code}).`;
}

function seatList({ inForce, approvers }: Matter, { seats, missing }: Decision): JSX.Element {
  const taken = seats.flatMap(({ group, person }) => {
    if (person === null) return [];
    const reason = approvers.get(person);
    const name = inForce.roster.member(person)?.name ?? person;
    return [
      h(
        "li",
        { class: reason === undefined ? "open" : "taken" },
        reason === undefined ? "? " : "✓ ",
        said(name),
        ` (${person}) for ${group}`,
        ": ",
        reason === undefined ? h("span", { class: "warning" }, "no approval shown here counts now") : said(reason),
      ),
    ];
  });
  const open = missing.map(({ group, count, candidates }) => {
    const people = candidates ?? inForce.roster.people(group).map(({ id }) => id);
    return h(
      "li",
      { class: "open" },
      `○ ${count} more of ${group}`,
      people.length > 0
        ? `: ${people.join(", ")}`
        : inForce.roster.people(group).length === 0
          ? `, and nobody is in ${group}: officers must bring somebody there, or another policy`
          : ", and nobody who is left can sign for it",
    );
  });
  return taken.length + open.length === 0
    ? h("p", {}, "Nobody's word is missing.")
    : h("ul", { class: "seats" }, ...taken, ...open);
}

function waitLine({ policy }: Matter, { notBefore }: Decision): JSX.Element | null {
  if (notBefore === null) return null;
  return h("p", { class: "soft" }, "No wait of the policy reaches beyond ", timeShown(notBefore, policy.zone), ".");
}

function clauseTable(clauses: readonly Clause[]): JSX.Element {
  return rows(
    [...clauses.filter(({ ok }) => !ok), ...clauses.filter(({ ok }) => ok)].map(
      ({ id, ok, curable, observed, bound }) => [
        said(id),
        h("span", { class: ok ? "passed" : "failed" }, ok ? "✓ holds" : curable ? "○ not yet" : "✗ fails"),
        ": ",
        said(observed),
        "; must be: ",
        said(bound),
      ],
    ),
  );
}
