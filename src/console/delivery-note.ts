/** What became of a statement: delivered on the gate's own receipt, verified here; anything else is kept by whoever signed it. */
import { h, type JSX } from "preact";
import type { Posted } from "../sdk/delivery.ts";
import { statementHash, type Envelope } from "../statement/envelope.ts";
import { canonical, type Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { DownloadLink } from "./download-link.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import { timeShown } from "./time-shown.ts";

type Said = { readonly posted: Posted; readonly statement: Envelope; readonly attachment?: Json | undefined };

/** Without `again` it is being sent. */
export function delivery({ posted, statement, attachment }: Said, again?: () => void): JSX.Element {
  if (posted.kind === "delivered") {
    const { leafIndex, instant } = posted.receipt;
    const place = leafIndex === null ? "kept until it is used" : `leaf ${leafIndex} of the log`;
    return h(
      "div",
      { class: "verdict good", role: "status" },
      h("strong", {}, "Delivered"),
      `The gate signed for it, and that signature was verified here: ${place}, stored at `,
      timeShown(instant, undefined),
      ".",
    );
  }
  const why =
    posted.kind === "refused"
      ? `The service says that the gate refused it: ${posted.message} (${posted.code})`
      : `Nobody can say that the gate has it: ${posted.why}`;
  const name = `countersign-${statement.kind.toLowerCase()}-${statementHash(statement).slice(2, 14)}.json`;
  return h(
    "div",
    { class: "verdict bad", role: "alert" },
    h("strong", {}, "Not delivered"),
    h("p", {}, said(why)),
    h("p", {}, "What you signed is good, and yours: "),
    h(
      "p",
      {},
      h(DownloadLink, {
        name,
        text: canonical(toWire(attachment === undefined ? { statement } : { statement, attachment })),
        words: "keep it as a file",
      }),
      ", and hand it to the gate without the service:",
    ),
    h("pre", { tabIndex: 0 }, `countersign gate object ${name} --genesis genesis.json --socket PATH`),
    h("p", {}, h("button", { type: "button", disabled: again === undefined, onClick: again }, "Send the same again")),
    requestLink(statement),
  );
}

export function requestLink({ message }: Envelope): JSX.Element | null {
  if (message["requestId"] === undefined) return null;
  const href = placeOf("request", String(message["requestId"]));
  return h("p", {}, h("a", { href }, "See the request"));
}
