/** One signature that asks for what stands above it; what nobody can say is delivered is sent again as it was signed, and is no second request. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import type { Posted } from "../sdk/client.ts";
import { submissionMessage, type Wish } from "../sdk/submission.ts";
import type { Envelope } from "../statement/envelope.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { delivery, requestLink } from "./delivery-note.ts";
import { keptLine, send } from "./kept.ts";
import { trouble, waiting } from "./notice.ts";
import { signerFor } from "./own-credential.ts";
import { signingHere } from "./usable-here.ts";
import type { Visitor } from "./shell.ts";

type Asking =
  | { readonly kind: "still" | "signing" }
  | { readonly kind: "posted"; readonly posted: Posted; readonly statement: Envelope }
  | { readonly kind: "failed"; readonly error: unknown };

type AskProps = {
  readonly visitor: Visitor;
  readonly wish: Wish;
  readonly decimals: number;
  /** While true the wish stays as it is: somebody reads it in their wallet. */
  readonly lock: (isLocked: boolean) => void;
};

export function AskButton({ visitor, wish, decimals, lock }: AskProps): JSX.Element {
  const [asking, setAsking] = useState<Asking>({ kind: "still" });
  const ask = (): void => {
    lock(true);
    setAsking({ kind: "signing" });
    void signed(visitor, wish, decimals)
      .then(async (statement): Promise<Asking> => {
        return { kind: "posted", statement, posted: await send(visitor, statement) };
      })
      .catch((error: unknown): Asking => ({ kind: "failed", error }))
      .then((outcome) => {
        lock(false);
        setAsking(outcome);
      });
  };
  if (asking.kind === "posted") {
    const { posted, statement } = asking;
    return posted.kind === "delivered"
      ? h("div", {}, delivery({ posted, statement }), requestLink(statement))
      : keptLine();
  }
  const isBusy = asking.kind === "signing";
  return h(
    "div",
    {},
    h("p", {}, h("button", { type: "button", class: "first", disabled: isBusy, onClick: ask }, "Sign it and ask")),
    isBusy ? waiting("your signature: read what it shows before you give it") : null,
    asking.kind === "failed" ? trouble(asking.error) : null,
  );
}

async function signed({ credential, deployment }: Visitor, wish: Wish, decimals: number): Promise<Envelope> {
  const [usable] = signingHere([credential], location.origin);
  if (usable === undefined) throw new InvalidValue("console.no-credential", "your credential does not sign here");
  const requestId = fromBytes(crypto.getRandomValues(new Uint8Array(32)));
  return signerFor(deployment, usable).sign("Submission", submissionMessage(wish, { requestId, decimals }));
}
