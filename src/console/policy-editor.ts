/** Where a policy is written: YAML with what may stand at the cursor, by keyboard alone. */
import { h, type JSX, type RefObject, type TargetedEvent, type TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Completion, Offer } from "../policy/document/completion.ts";
import type { Client } from "../sdk/client.ts";
import { trouble } from "./notice.ts";
import { said } from "./said.ts";

type Props = {
  readonly client: Client;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly area: RefObject<HTMLTextAreaElement | null>;
};

type Offered =
  | { readonly kind: "closed" }
  /** Of the text `before` the cursor. */
  | ({ readonly kind: "open"; readonly at: number; readonly before: string } & Completion)
  | { readonly kind: "failed"; readonly error: unknown };

const list = "offers";
const hint = "Ctrl and space show what may stand at the cursor; the arrows choose, Enter takes it, Escape ends it.";
const closed = { kind: "closed" } as const;

type Offers = {
  readonly offered: Offered;
  readonly look: (area: HTMLTextAreaElement) => void;
  readonly set: (offered: Offered) => void;
};

/** The service looks up what may stand at the cursor: nothing that is signed rests on it. Only the latest answer is shown. */
function useOffers(client: Client): Offers {
  const [offered, setOffered] = useState<Offered>(closed);
  const latest = useRef<object>(closed);
  const set = (next: Offered): void => {
    latest.current = next;
    setOffered(next);
  };
  const look = (area: HTMLTextAreaElement): void => {
    const before = beforeCursor(area);
    const asking = client.completions(before);
    latest.current = asking;
    const show = (next: Offered): void => {
      if (latest.current === asking) set(next);
    };
    asking.then(
      (completion) => {
        show({ kind: "open", at: 0, before, ...completion });
      },
      (error: unknown) => {
        show({ kind: "failed", error });
      },
    );
  };
  return { offered, look, set };
}

function beforeCursor({ value, selectionStart }: HTMLTextAreaElement): string {
  return value.slice(0, selectionStart);
}

export function PolicyEditor({ client, text, set, area }: Props): JSX.Element {
  const { offered, look, set: show } = useOffers(client);
  const isOpen = offered.kind === "open";
  const offers = isOpen ? offered.offers : [];
  const at = isOpen ? offered.at : 0;
  const take = (one: Offer | undefined): void => {
    const { current } = area;
    if (!isOpen || one === undefined || current === null) return;
    const { before, typed } = offered;
    // Else somebody typed on, and it was offered for another text.
    if (beforeCursor(current) === before)
      current.setRangeText(one.text, Math.max(0, before.length - typed), before.length, "end");
    set(current.value);
    look(current);
  };
  const move = (by: number): void => {
    if (isOpen) show({ ...offered, at: (at + by + offers.length) % offers.length });
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    const { key, ctrlKey, currentTarget } = event;
    if (key === " " && ctrlKey) look(currentTarget);
    else if (key === "Escape" && isOpen) show(closed);
    else if (offers.length === 0) return;
    else if (key === "ArrowDown") move(1);
    else if (key === "ArrowUp") move(-1);
    else if (key === "Enter") take(offers[at]);
    else return;
    event.preventDefault();
  };
  const follow = ({ currentTarget }: TargetedEvent<HTMLTextAreaElement>): void => {
    set(currentTarget.value);
    if (isOpen) look(currentTarget);
  };
  return h(
    "div",
    {},
    h("label", { for: "draft-text" }, "The draft, in YAML"),
    h("textarea", {
      id: "draft-text",
      ref: area,
      rows: 18,
      spellcheck: false,
      autocomplete: "off",
      value: text,
      "aria-describedby": "draft-hint",
      "aria-autocomplete": "list",
      ...(offers.length > 0 ? { "aria-controls": list, "aria-activedescendant": `${list}-${at}` } : {}),
      onKeyDown,
      onInput: follow,
      onClick: follow,
      onBlur: () => {
        show(closed);
      },
    }),
    h("p", { id: "draft-hint", class: "hint" }, hint),
    h("p", { role: "status", class: "hint" }, isOpen ? countOf(offers) : null),
    offered.kind === "failed" ? trouble(offered.error) : null,
    offers.length === 0 ? null : offerList(offers, at, take),
  );
}

function countOf({ length }: readonly Offer[]): string {
  return length === 0 ? "The language knows nothing more here." : `${length} may stand here.`;
}

function offerList(offers: readonly Offer[], at: number, take: (one: Offer) => void): JSX.Element {
  return h(
    "ul",
    { id: list, role: "listbox", class: "offers", "aria-label": "What may stand here" },
    ...offers.map((one, index) =>
      h(
        "li",
        {
          id: `${list}-${index}`,
          role: "option",
          "aria-selected": index === at ? "true" : "false",
          // The cursor stays where it is.
          onMouseDown: (event: Event) => {
            event.preventDefault();
            take(one);
          },
        },
        h("code", {}, said(one.text)),
        " ",
        said(one.words),
      ),
    ),
  );
}
