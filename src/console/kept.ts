/** What somebody signed and nobody is known to have: kept above every page, whatever becomes of the page, the service or the session. */
import { h, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client, Posted } from "../sdk/client.ts";
import type { Json } from "../values/json.ts";
import type { Envelope } from "../statement/envelope.ts";
import { delivery } from "./delivery-note.ts";
import { wordsOf } from "./notice.ts";

export type Sent = {
  readonly client: Client;
  readonly statement: Envelope;
  /** What goes with it. */
  readonly attachment?: Json | undefined;
  readonly posted: Posted;
};

type Keeping = { readonly client: Client; readonly keep: (sent: Sent) => void };

/** Never rejects; what is not delivered is kept before this resolves. */
export async function send({ client, keep }: Keeping, statement: Envelope, attachment?: Json): Promise<Posted> {
  const sent = await attempt(client, statement, attachment);
  if (sent.posted.kind !== "delivered") keep(sent);
  return sent.posted;
}

async function attempt(client: Client, statement: Envelope, attachment: Json | undefined): Promise<Sent> {
  const posted = await client
    .post(statement, attachment)
    .catch((error: unknown): Posted => ({ kind: "not-delivered", why: wordsOf(error) }));
  return { client, statement, attachment, posted };
}

type KeptProps = { readonly sent: Sent; readonly keep: (sent: Sent) => void; readonly drop: () => void };

export function Kept({ sent, keep, drop }: KeptProps): JSX.Element {
  const { client, statement, attachment } = sent;
  const [busy, setBusy] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setBusy(false);
    place.current?.focus();
  }, [sent]);
  const again = (): void => {
    setBusy(true);
    void attempt(client, statement, attachment).then(keep);
  };
  return h(
    "div",
    { ref: place, tabIndex: -1 },
    delivery(sent, busy ? undefined : again),
    h("button", { type: "button", class: "plain", onClick: drop }, "Put away"),
  );
}

/** Where the form was. */
export function keptLine(): JSX.Element {
  return h("p", {}, "See the top of this page.");
}
