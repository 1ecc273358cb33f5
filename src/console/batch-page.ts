/** One word about many requests: chosen from what waits for the reader, every line made again and shown, added up here, and signed once. */
import { h, type ComponentChildren, type JSX } from "preact";
import { useState } from "preact/hooks";
import type { RequestView } from "../request/api.ts";
import { maxLegs } from "../statement/message.ts";
import type { Client } from "../sdk/client.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { useAnswer } from "./answer.ts";
import { kinOf, readAll, readParts, type Kin } from "./batch-choice.ts";
import { BatchLines } from "./batch-lines.ts";
import { readBatchMatter, type BatchMatter } from "./batch-matter.ts";
import { batchSum, BatchVote } from "./batch-vote.ts";
import { readInForce, type InForce } from "./in-force.ts";
import { wordsOf } from "./inbox-row.ts";
import { whenKnown } from "./notice.ts";
import { placeOf } from "./place.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";

export function BatchPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(() => readWaiting(visitor), "batch");
  const [chosen, choose] = useState<readonly RequestView[] | undefined>(undefined);
  const anew = (): void => {
    choose(undefined);
    again();
  };
  if (chosen !== undefined) return h(Sheet, { visitor, chosen, anew });
  return h(
    "div",
    {},
    whenKnown(
      answer,
      "what waits for you",
      ({ views, inForce }) => {
        const kin = kinOf(views, visitor).filter(
          ({ views: own, distribution }) => own.length > 1 || distribution !== undefined,
        );
        return kin.length === 0
          ? h(
              "p",
              {},
              "Nothing of one kind waits for you more than once. See the ",
              h("a", { href: placeOf("inbox") }, "inbox"),
              ".",
            )
          : kin.map((one) => h(Chooser, { key: one.name, client: visitor.client, inForce, kin: one, choose }));
      },
      again,
    ),
  );
}

type Waiting = { readonly views: readonly RequestView[]; readonly inForce: InForce };

async function readWaiting(visitor: Visitor): Promise<Waiting> {
  const { client } = visitor;
  const [submitted, pending] = [
    await readAll(client, { state: "submitted" }),
    await readAll(client, { state: "pending" }),
  ];
  return { views: [...submitted, ...pending], inForce: await readInForce(visitor) };
}

type ChooserProps = {
  readonly client: Client;
  readonly inForce: InForce;
  readonly kin: Kin;
  readonly choose: (views: readonly RequestView[]) => void;
};

/** All of a kind, or those that are left when some are taken out. */
function Chooser({ client, inForce, kin, choose }: ChooserProps): JSX.Element {
  const [out, setOut] = useState<ReadonlySet<string>>(new Set());
  const [most, setMost] = useState(50);
  const left = kin.views.filter(({ requestId }) => !out.has(requestId));
  const turn = (id: string) => (): void => {
    setOut(out.has(id) ? new Set([...out].filter((one) => one !== id)) : new Set([...out, id]));
  };
  const isOver = left.length > maxLegs;
  const isOne = kin.views.length === 1;
  return h(
    "section",
    { "aria-label": kin.name },
    h("h2", {}, said(kin.name), ` (${kin.views.length})`),
    isOne
      ? null
      : h(
          "p",
          {},
          h(
            "button",
            {
              type: "button",
              class: "first",
              disabled: left.length < 2 || isOver,
              onClick: () => {
                choose(left);
              },
            },
            `Look at ${left.length} together`,
          ),
          isOver ? ` A batch has at most ${maxLegs}: take some out.` : "",
        ),
    kin.distribution === undefined
      ? null
      : h(AllParts, { client, distribution: kin.distribution, count: kin.views.length, choose }),
    isOne
      ? null
      : h(
          "details",
          {},
          h("summary", {}, "Take some out"),
          ...kin.views.slice(0, most).map((view) => {
            const id = view.requestId;
            return h(
              "label",
              { class: "radio block", key: id },
              h("input", { type: "checkbox", checked: !out.has(id), onChange: turn(id) }),
              " ",
              said(wordsOf(view, inForce)),
            );
          }),
          kin.views.length <= most
            ? null
            : h(
                "p",
                {},
                h(
                  "button",
                  {
                    type: "button",
                    onClick: () => {
                      setMost(most + 500);
                    },
                  },
                  `Show more (${kin.views.length - most} are left)`,
                ),
              ),
        ),
  );
}

type PartsProps = Omit<ChooserProps, "kin" | "inForce"> & { readonly distribution: Bytes32; readonly count: number };

/** Whoever agrees to a yield means all of it, and not only what waits for them. */
function AllParts({ client, distribution, count, choose }: PartsProps): JSX.Element {
  const [answer, again] = useAnswer(() => readParts(client, distribution), distribution);
  const show = (parts: readonly RequestView[]): ComponentChildren => {
    if (parts.length <= count) return h("p", {}, "These are all open parts of this distribution.");
    const onClick = (): void => {
      choose(parts);
    };
    const words = `Look at all ${parts.length} open parts of this distribution`;
    return h("p", {}, h("button", { type: "button", class: "first", onClick }, words));
  };
  return h("div", {}, whenKnown(answer, "all parts of this distribution", show, again));
}

type SheetProps = { readonly visitor: Visitor; readonly chosen: readonly RequestView[]; readonly anew: () => void };

function Sheet({ visitor, chosen, anew }: SheetProps): JSX.Element {
  const [count, seen] = useState(0);
  const [answer, again] = useAnswer(() => readBatchMatter(visitor, chosen, seen), "sheet");
  return h(
    "div",
    {},
    h("p", {}, h("button", { type: "button", class: "plain", onClick: anew }, "Choose anew")),
    whenKnown(
      answer,
      `every line to be made again (${count} of ${chosen.length})`,
      (matter: BatchMatter) => [batchSum(matter), h(BatchVote, { matter, visitor }), h(BatchLines, { matter })],
      again,
    ),
  );
}
