/** A period and who agreed to what in it: every request with everybody's word, from the log, to print or to take along. */
import { h, type JSX, type TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import { sentence } from "../intent/words.ts";
import type { WholeLog } from "../sdk/whole-log.ts";
import { toIso } from "../values/instant.ts";
import { useAnswer } from "./answer.ts";
import { cosignedLines } from "./cosigned-lines.ts";
import { csv } from "./csv.ts";
import { DownloadLink } from "./download-link.ts";
import { readInForce, type InForce } from "./in-force.ts";
import { whenKnown } from "./notice.ts";
import { pastRequests, within, type PastRequest } from "./past-request.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { useWholeLog } from "./use-whole-log.ts";

const day = 86_400;
const asCsv = { type: "text/csv", words: "Keep it as CSV" } as const;

type Read = { readonly log: WholeLog; readonly inForce: InForce };

export function ReportPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [inForce, again] = useAnswer(() => readInForce(visitor), "report");
  const log = useWholeLog(visitor);
  const show = (known: Read): JSX.Element => h(Period, known);
  return h(
    "div",
    {},
    whenKnown(
      inForce,
      "the roster",
      (documents) => whenKnown(log.answer, log.what, (whole) => show({ log: whole, inForce: documents }), log.again),
      again,
    ),
  );
}

function Period({ log, inForce }: Read): JSX.Element {
  const newest = log.entries.at(-1)?.entry.instant ?? 0;
  const [from, setFrom] = useState(dateOf(newest - 30 * day));
  const [until, setUntil] = useState(dateOf(newest));
  const [first, end] = [startOf(from), startOf(until) + day];
  const found = first < end ? pastRequests(log.entries).filter((request) => within(request, first, end)) : [];
  const rows = found.map((request) => rowOf(request, inForce));
  return h(
    "div",
    {},
    h(
      "form",
      {
        class: "period",
        onSubmit: (event: Event) => {
          event.preventDefault();
        },
      },
      dateField("from", "From", from, setFrom),
      dateField("until", "To and with", until, setUntil),
    ),
    h(
      "p",
      { role: "status" },
      `${rows.length} ${rows.length === 1 ? "request" : "requests"} from ${from} to ${until}, days of UTC.`,
    ),
    h(
      "p",
      { class: "soft" },
      `From ${log.size} leaves of the log under the root ${log.root}, which the gate's log key signed. Signatures of single people are checked by the bundle of each request.`,
    ),
    h("div", { class: "soft" }, ...cosignedLines(log)),
    h(
      "p",
      { class: "acts" },
      h(DownloadLink, { ...asCsv, name: `countersign-${from}-${until}.csv`, text: csv([columns, ...rows]) }),
      h("button", { type: "button", onClick: printPage }, "Print"),
    ),
    h(
      "div",
      { class: "wide", tabIndex: 0, role: "region", "aria-label": "Requests of the period" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)))),
        h(
          "tbody",
          {},
          ...rows.map((row, index) =>
            h(
              "tr",
              { key: found[index]?.submission.hash },
              ...row.map((text, column) =>
                h(
                  "td",
                  {},
                  column === 0
                    ? h("a", { href: placeOf("proof", text) }, h("code", {}, `${text.slice(0, 10)}…`))
                    : said(text),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

const columns = ["request", "what", "asked for by", "words of people", "decided", "outcome"] as const;

/** Every cell is text, in the order of the columns. */
function rowOf(
  { submission, askedAt, words, allocation, txHashes, outcome }: PastRequest,
  inForce: InForce,
): readonly string[] {
  const { message, credential } = submission;
  const decimals = inForce.policies.get(message.asset)?.policy.token.decimals;
  return [
    message.requestId,
    decimals === undefined
      ? `${message.operation} ${message.amountText}; ${message.details}`
      : sentence(message, decimals),
    `${nameOf(credential, inForce)}, ${toIso(askedAt)}`,
    words
      .map(
        (word) =>
          `${nameOf(word.credential, inForce)}: ${word.decision}, ${toIso(word.at)}${word.reason === "" ? "" : ` (${word.reason})`}`,
      )
      .join("; "),
    allocation === undefined
      ? "not decided"
      : `rule ${allocation.decision.rule ?? "none"}, nonce ${allocation.nonce}, ${toIso(allocation.instant)}`,
    [
      ...(outcome === undefined
        ? ["not final"]
        : [`${outcome.status}, block ${outcome.blockNumber}, ${toIso(outcome.instant)}`]),
      ...txHashes,
    ].join("; "),
  ];
}

/** Whose credential it is today; somebody who left is named by it alone. */
function nameOf(credential: string, { roster }: InForce): string {
  const member = roster.roster.people
    .concat(roster.roster.services)
    .find(({ credentials }) => credentials.some(({ id }) => id === credential));
  return member === undefined ? `${credential} (no longer in the roster)` : `${member.name} with ${credential}`;
}

function printPage(): void {
  print();
}

function dateField(id: string, name: string, value: string, set: (value: string) => void): JSX.Element {
  const onInput = (event: TargetedEvent<HTMLInputElement>): void => {
    if (event.currentTarget.value !== "") set(event.currentTarget.value);
  };
  return h("div", {}, h("label", { for: id }, name), h("input", { id, type: "date", value, onInput }));
}

function dateOf(at: number): string {
  return new Date(Math.max(0, at) * 1_000).toISOString().slice(0, 10);
}

function startOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / 1_000);
}
