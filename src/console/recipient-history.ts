/** How often and how much a recipient got before, beside their address: as the service shows it, and from the log for whoever asks. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import { maxPage, type RequestView } from "../request/api.ts";
import type { Client } from "../sdk/client.ts";
import { checksum } from "../values/address.ts";
import { hexShown } from "./address-shown.ts";
import { amountText } from "./amount-text.ts";
import { useAnswer } from "./answer.ts";
import { whenKnown } from "./notice.ts";
import { isOverseer } from "./overseers.ts";
import type { Matter } from "./request-matter.ts";
import { sendingsIn, sendingsOf, sentBefore, type Sending } from "./sent-before.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";
import { useWholeLog } from "./use-whole-log.ts";

type Props = { readonly matter: Matter; readonly visitor: Visitor };

/** So many pages of the newest are looked through without being asked. */
const pagesMost = 2;

export function RecipientHistory({ matter, visitor }: Props): JSX.Element {
  const { asset, to } = matter.checked.submission;
  const [answer, again] = useAnswer(() => readFinal(visitor.client, asset), `${asset} ${to}`);
  const [fromLog, setFromLog] = useState(false);
  const ask = (): void => {
    setFromLog(true);
  };
  if (fromLog) return h(FromLog, { matter, visitor });
  return h(
    "div",
    {},
    whenKnown(
      answer,
      "what was sent there before",
      ({ views, isAll }) => [
        ...lines(matter, sendingsOf(views)),
        h(
          "p",
          { class: "hint" },
          isAll ? "" : `Of the newest ${views.length} that are final. `,
          "As the service shows it. ",
          isOverseer(visitor)
            ? h("button", { type: "button", class: "plain", onClick: ask }, "Look it up in the log")
            : null,
        ),
      ],
      again,
    ),
  );
}

function FromLog({ matter, visitor }: Props): JSX.Element {
  const { answer, what, again } = useWholeLog(visitor);
  return h(
    "div",
    {},
    whenKnown(
      answer,
      what,
      ({ entries, size }) => [
        ...lines(matter, sendingsIn(entries, matter.checked.submission.asset)),
        h("p", { class: "hint" }, `By all ${size} leaves of the log, which the gate's key signed.`),
      ],
      again,
    ),
  );
}

type Final = { readonly views: readonly RequestView[]; readonly isAll: boolean };

async function readFinal(client: Client, asset: string): Promise<Final> {
  const views: RequestView[] = [];
  let after: string | undefined;
  for (let page = 0; page < pagesMost; page += 1) {
    const filter = { state: "final", asset, limit: maxPage };
    const { requests, next } = await client.requests(after === undefined ? filter : { ...filter, after });
    views.push(...requests);
    if (next === null) return { views, isAll: true };
    after = next;
  }
  return { views, isAll: false };
}

function lines({ checked, policy }: Matter, sendings: readonly Sending[]): readonly JSX.Element[] {
  const { to, asset } = checked.submission;
  const { times, units, last, alike } = sentBefore(to, sendings);
  const sum = amountText(units, policy.policy.token.decimals, asset);
  return [
    ...alike.map(({ address, times: theirs }) =>
      h(
        "p",
        { class: "warning" },
        `Looks like an earlier recipient, who got tokens ${often(theirs)} and is another address: `,
        hexShown(checksum(address)),
      ),
    ),
    last === undefined
      ? h("p", {}, h("strong", {}, "Nothing was sent there before."))
      : h("p", {}, `Sent there before: ${often(times)}, ${sum} in all, the last `, timeShown(last, policy.zone), "."),
  ];
}

function often(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}
