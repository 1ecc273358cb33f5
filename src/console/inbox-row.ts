/** One request in a line or three: what it does, for whom, what it waits for and until when. */
import { h, type JSX } from "preact";
import { operations } from "../intent/operation.ts";
import type { RequestView } from "../request/api.ts";
import { checkRequest, type Checked } from "../sdk/approval.ts";
import { InvalidValue } from "../values/errors.ts";
import { addressShown } from "./address-shown.ts";
import { distance } from "./distance.ts";
import type { InForce } from "./in-force.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import { timeShown } from "./time-shown.ts";

type About = { readonly inForce: InForce; readonly now: number };

const untrue = "Not as the service shows it";

export function inboxRow(view: RequestView, about: About): JSX.Element {
  const href = placeOf("request", view.requestId);
  const checked = checkedOr(view, about.inForce);
  if ("doubt" in checked)
    return h(
      "li",
      { key: view.requestId, class: "bad" },
      h("a", { href }, h("strong", {}, untrue)),
      h("p", {}, said(checked.doubt)),
    );
  const { submission } = checked;
  return h(
    "li",
    { key: view.requestId },
    h("a", { href }, h("strong", {}, actOf(checked))),
    operations[submission.operation].recipient
      ? h("p", {}, "to ", addressShown(submission.to, about.inForce.labels))
      : null,
    h("p", {}, said(view.alarm ?? view.waitsFor)),
    h(
      "p",
      { class: "soft" },
      "asked for by ",
      said(view.initiator),
      `, reference ${submission.reference}; expires ${distance(submission.expiresAt, about.now)}, `,
      timeShown(submission.expiresAt, about.inForce.policies.get(submission.asset)?.zone),
    ),
  );
}

/** `mint 100 GLD`. */
export function actOf({ submission }: Checked): string {
  const { operation, amountText, asset } = submission;
  return `${operation} ${operations[operation].amount ? amountText : asset}`;
}

/** Of a request made again here, or what is wrong with it. */
export function wordsOf(view: RequestView, inForce: InForce): string {
  const checked = checkedOr(view, inForce);
  return "doubt" in checked ? `${untrue}: ${checked.doubt}` : checked.words;
}

function checkedOr(view: RequestView, { documents }: InForce): Checked | { readonly doubt: string } {
  try {
    return checkRequest(view, [...documents.policies.values()]);
  } catch (error) {
    if (error instanceof InvalidValue) return { doubt: error.message };
    throw error;
  }
}
