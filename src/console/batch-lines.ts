/** Every line of a batch, a page of them at a time: ten thousand rows at once would stop the browser. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import { operations } from "../intent/operation.ts";
import { addressShown } from "./address-shown.ts";
import type { BatchMatter } from "./batch-matter.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";

const pageSize = 100;

export function BatchLines({ matter }: { readonly matter: BatchMatter }): JSX.Element {
  const [page, setPage] = useState(0);
  const [byAmount, setByAmount] = useState(false);
  const { lines, inForce } = matter;
  const ordered = byAmount ? largestFirst(lines) : lines;
  const pages = Math.ceil(lines.length / pageSize);
  const from = page * pageSize;
  const go = (to: number) => (): void => {
    setPage(to);
  };
  return h(
    "section",
    { "aria-labelledby": "lines" },
    h("h2", { id: "lines" }, "Every line"),
    h(
      "p",
      { class: "acts" },
      h(
        "button",
        {
          type: "button",
          "aria-pressed": byAmount ? "true" : "false",
          onClick: () => {
            setByAmount(!byAmount);
            setPage(0);
          },
        },
        "The largest first",
      ),
      pages < 2 ? null : h("button", { type: "button", disabled: page === 0, onClick: go(page - 1) }, "Lines before"),
      pages < 2
        ? null
        : h("button", { type: "button", disabled: page === pages - 1, onClick: go(page + 1) }, "Lines behind"),
    ),
    h("p", { role: "status" }, `Lines ${from + 1} to ${Math.min(from + pageSize, lines.length)} of ${lines.length}.`),
    h(
      "ol",
      { class: "inbox", start: from + 1 },
      ...ordered.slice(from, from + pageSize).map(({ checked, initiator }) => {
        const { submission } = checked;
        return h(
          "li",
          { key: submission.requestId },
          h(
            "a",
            { href: placeOf("request", submission.requestId) },
            h("strong", {}, `${submission.operation} ${submission.amountText}`),
          ),
          operations[submission.operation].recipient
            ? h("p", {}, "to ", addressShown(submission.to, inForce.labels))
            : null,
          h("p", { class: "soft" }, said(checked.words), "; asked for by ", said(initiator)),
        );
      }),
    ),
  );
}

function largestFirst(lines: BatchMatter["lines"]): BatchMatter["lines"] {
  return [...lines].sort(({ checked: one }, { checked: other }) =>
    one.submission.amount < other.submission.amount ? 1 : one.submission.amount > other.submission.amount ? -1 : 0,
  );
}
