/** One signature that asks for what stands above it; what nobody can say is delivered is sent again as it was signed, and is no second request. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import type { Posted } from "../sdk/client.ts";
import { submissionMessage, type Wish } from "../sdk/submission.ts";
import type { Envelope } from "../statement/envelope.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { trouble, waiting } from "./notice.ts";
import { signerFor, usableHere } from "./own-credential.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";

type Asking =
  | { readonly kind: "still" | "signing" | "sending" }
  | { readonly kind: "posted"; readonly posted: Posted; readonly statement: Envelope }
  | { readonly kind: "failed"; readonly error: unknown };

type AskProps = { readonly visitor: Visitor; readonly wish: Wish; readonly decimals: number };

export function AskButton({ visitor, wish, decimals }: AskProps): JSX.Element {
  const [asking, setAsking] = useState<Asking>({ kind: "still" });
  const attempt = (kind: "signing" | "sending", make: () => Promise<Envelope>): void => {
    setAsking({ kind });
    make()
      .then(async (statement): Promise<Asking> => ({
        kind: "posted",
        statement,
        posted: await visitor.client.post(statement),
      }))
      .then(setAsking, (error: unknown) => {
        setAsking({ kind: "failed", error });
      });
  };
  if (asking.kind === "posted") {
    const { posted, statement } = asking;
    const again = (): void => {
      attempt("sending", () => Promise.resolve(statement));
    };
    return postedPart(posted, statement, again);
  }
  const isBusy = asking.kind === "signing" || asking.kind === "sending";
  const ask = (): void => {
    attempt("signing", () => signed(visitor, wish, decimals));
  };
  return h(
    "div",
    {},
    h("p", {}, h("button", { type: "button", class: "first", disabled: isBusy, onClick: ask }, "Sign it and ask")),
    asking.kind === "signing" ? waiting("your signature: read what it shows before you give it") : null,
    asking.kind === "sending" ? waiting("the gate's receipt") : null,
    asking.kind === "failed" ? trouble(asking.error) : null,
  );
}

async function signed({ credential, deployment }: Visitor, wish: Wish, decimals: number): Promise<Envelope> {
  const [usable] = usableHere([credential], location.origin);
  if (usable === undefined)
    throw new InvalidValue(
      "console.no-credential",
      "your credential does not sign on this page: ask on the command line",
    );
  const requestId = fromBytes(crypto.getRandomValues(new Uint8Array(32)));
  return signerFor(deployment, usable).sign("Submission", submissionMessage(wish, { requestId, decimals }));
}

function postedPart(posted: Posted, { message }: Envelope, again: () => void): JSX.Element {
  const [kind, head, words] = postedWords(posted);
  return h(
    "div",
    { role: "status", class: `verdict ${kind}` },
    h("strong", {}, head),
    h("p", {}, said(words)),
    posted.kind === "refused"
      ? null
      : h(
          "p",
          {},
          h("a", { href: placeOf("request", String(message["requestId"])) }, "See the request, and whom it waits for"),
        ),
    posted.kind === "not-delivered"
      ? h("p", {}, h("button", { type: "button", onClick: again }, "Send the same again"))
      : null,
  );
}

function postedWords(posted: Posted): readonly [kind: string, head: string, words: string] {
  switch (posted.kind) {
    case "delivered":
      return ["good", "Delivered", "The gate has it: its signed receipt was checked here."];
    case "refused":
      return ["bad", "It was refused", posted.message];
    case "not-delivered":
      return ["bad", "Nobody can say that the gate has it", posted.why];
  }
}
