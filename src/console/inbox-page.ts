/** The inbox: every request that is not over, the most urgent first, kept up to date while it is open. */
import { h, type JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { maxPage, type RequestView } from "../request/api.ts";
import { isEnd, states, type State } from "../request/state.ts";
import type { Client } from "../sdk/client.ts";
import { useAnswer, type Answer } from "./answer.ts";
import { inboxRow } from "./inbox-row.ts";
import { readInForce, type InForce } from "./in-force.ts";
import { useLive } from "./live.ts";
import { whenKnown } from "./notice.ts";
import { placeOf } from "./place.ts";
import type { Visitor } from "./shell.ts";
import { byUrgency, turns, type Turn, type Turned } from "./urgency.ts";

/** As many are drawn at first, and more on demand. */
const pageSize = 60;

type Views = {
  readonly views: readonly RequestView[];
  /** The id after which older ones come; undefined when these are all. */
  readonly next: string | undefined;
};
type Read = Views & { readonly inForce: InForce };

export function InboxPage({ visitor, ended }: { readonly visitor: Visitor; readonly ended: boolean }): JSX.Element {
  const which = ended ? "ended" : "open";
  const [answer, again] = useAnswer(() => readInbox(visitor, ended), which);
  const line = useLive(visitor.client, again, () => !ended);
  return h(
    "div",
    {},
    h("ul", { class: "tabs" }, tab("Open", placeOf("inbox"), !ended), tab("Over", placeOf("inbox", "ended"), ended)),
    h("p", { role: "status", class: "soft" }, line === "lost" ? "The service does not answer; asking again…" : ""),
    whenKnown(answer, "the requests", (read) => h(InboxList, { key: which, ...read, visitor }), again),
  );
}

function tab(text: string, href: string, isHere: boolean): JSX.Element {
  return h("li", {}, h("a", { href, ...(isHere ? ({ "aria-current": "true" } as const) : {}) }, text));
}

async function readInbox(visitor: Visitor, ended: boolean): Promise<Read> {
  const { client } = visitor;
  const views = ended ? overAfter(client, undefined) : allOpen(client);
  const [inForce, found] = await Promise.all([readInForce(visitor), views]);
  return { inForce, ...found };
}

/** The newest of those that are over, or those that come after one. */
async function overAfter(client: Client, last: string | undefined): Promise<Views> {
  const { requests, next } = await client.requests({ limit: maxPage, ...(last === undefined ? {} : { after: last }) });
  return { views: requests.filter(({ state }) => isOver(state)), next: next ?? undefined };
}

async function allOpen(client: Client): Promise<Views> {
  const lists = await Promise.all(openStates.map((state) => allIn(client, state)));
  return { views: lists.flat(), next: undefined };
}

const openStates = states.filter((state) => !isEnd(state));

function isOver(state: string): boolean {
  return !openStates.some((open) => open === state);
}

async function allIn(client: Client, state: State): Promise<readonly RequestView[]> {
  const found: RequestView[] = [];
  let after: string | undefined;
  do {
    const page = await client.requests({ state, limit: maxPage, ...(after === undefined ? {} : { after }) });
    found.push(...page.requests);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}

function InboxList({ inForce, views, next, visitor }: Read & { readonly visitor: Visitor }): JSX.Element {
  const [most, setMost] = useState(pageSize);
  const [older, setOlder] = useState<Views>({ views: [], next });
  const [asking, setAsking] = useState<Answer<undefined>>({ kind: "known", value: undefined });
  const ordered = useMemo(() => byUrgency([...views, ...older.views], visitor), [views, older]);
  const goBack = (): void => {
    setAsking({ kind: "waiting" });
    overAfter(visitor.client, older.next).then(
      (found) => {
        setOlder({ views: [...older.views, ...found.views], next: found.next });
        setMost(most + 4 * pageSize);
        setAsking({ kind: "known", value: undefined });
      },
      (error: unknown) => {
        setAsking({ kind: "failed", error });
      },
    );
  };
  if (ordered.length === 0 && older.next === undefined) return h("p", {}, "There is no request here.");
  const drawn = ordered.slice(0, most);
  const parts = turns.filter((turn) => drawn.some((one) => one.turn === turn));
  const now = Math.floor(Date.now() / 1000);
  const left = ordered.length - drawn.length;
  const more = (): void => {
    setMost(most + 4 * pageSize);
  };
  return h(
    "div",
    {},
    ...parts.flatMap((turn) => [
      h("h2", {}, heads[turn], ` (${ordered.filter((one) => one.turn === turn).length})`),
      turn === "yours" && ordered.filter((one) => one.turn === turn).length > 1
        ? h("p", {}, h("a", { href: placeOf("batch") }, "Say one word about many of them"))
        : null,
      h("ol", { class: "inbox" }, ...rowsOf(drawn, turn, (view) => inboxRow(view, { inForce, now }))),
    ]),
    left > 0
      ? h("p", {}, h("button", { type: "button", onClick: more }, `Show more (${left} are left)`))
      : older.next === undefined
        ? null
        : h(
            "p",
            {},
            h("button", { type: "button", disabled: asking.kind === "waiting", onClick: goBack }, "Ask for older ones"),
          ),
    whenKnown(asking, "older requests", () => null, goBack),
  );
}

function rowsOf(
  drawn: readonly Turned<RequestView>[],
  turn: Turn,
  row: (view: RequestView) => JSX.Element,
): readonly JSX.Element[] {
  return drawn.filter((one) => one.turn === turn).map(({ view }) => row(view));
}

const heads: Readonly<Record<Turn, string>> = {
  yours: "Waits for you",
  alarm: "Somebody has to look",
  others: "Waits for others",
  "under-way": "On its way",
  ended: "Over",
};
