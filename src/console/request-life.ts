/** What happened to a request, what people said, and the proof once there is one. */
import { h, type JSX } from "preact";
import { hexShown } from "./address-shown.ts";
import { OwnVerdict } from "./own-verdict.ts";
import type { Matter } from "./request-matter.ts";
import { rows, type Row } from "./rows.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";

export function requestLife(matter: Matter, visitor: Visitor): JSX.Element {
  const { view, policy, proved } = matter;
  const { votes, events, nonce, txHash, blockNumber, closing } = view;
  return h(
    "section",
    {},
    h("h2", {}, "What happened"),
    rows([
      ...votes.map((vote): Row => [
        h("span", {}, said(`${vote.person}: ${vote.decision}`)),
        said(vote.reason),
        " ",
        proved.has(vote) ? "" : h("span", { class: "warning" }, "the service says so and shows no signature of it"),
        timeShown(vote.at, policy.zone),
      ]),
      nonce === null ? undefined : ["nonce", String(nonce)],
      txHash === null ? undefined : ["transaction", hexShown(txHash)],
      blockNumber === null ? undefined : ["block", String(blockNumber)],
      closing === null ? undefined : ["its nonce", said(closing.why)],
    ]),
    txHash === null ? null : h(OwnVerdict, { matter, visitor }),
    h(
      "details",
      {},
      h("summary", {}, `Every event (${events.length})`),
      h(
        "ol",
        {},
        ...events.map(({ at, event, detail }) =>
          h("li", {}, timeShown(at, policy.zone), " ", said(`${event} ${detail}`)),
        ),
      ),
    ),
  );
}
