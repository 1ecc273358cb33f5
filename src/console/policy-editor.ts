/** Where a policy is written: YAML with what may stand at the cursor, by keyboard alone. */
import { h, type JSX, type TargetedEvent, type TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { useAnswer } from "./answer.ts";
import { trouble } from "./notice.ts";
import { spotAt, suggestionsAt, type Suggestion } from "./policy-completion.ts";

type Props = {
  readonly text: string;
  readonly set: (text: string) => void;
  /** The line, from 1, that somebody wants to go to; another object for every time. */
  readonly goTo: { readonly line: number } | undefined;
};

const list = "draft-offers";
const most = 12;
const hint = "Ctrl and space show what may stand at the cursor; the arrows choose, Enter takes it, Escape ends it.";

export function PolicyEditor({ text, set, goTo }: Props): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const [schema] = useAnswer(readSchema, "schema");
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const offered = offers(schema.kind === "known" ? schema.value : undefined, text, cursor);
  const at = Math.min(chosen, offered.length - 1);
  useEffect(() => {
    if (goTo !== undefined && area.current !== null) select(area.current, text, goTo.line);
  }, [goTo]);
  const look = (place: number | undefined): void => {
    setCursor(place);
    setChosen(0);
  };
  const take = (one: Suggestion): void => {
    const { current } = area;
    if (current === null || cursor === undefined) return;
    const start = cursor - spotAt(text, cursor).typed.length;
    const written = one.kind === "key" ? `${one.text}: ` : one.text;
    set(text.slice(0, start) + written + text.slice(cursor));
    const next = start + written.length;
    // The text is put in first.
    queueMicrotask(() => {
      current.focus();
      current.setSelectionRange(next, next);
    });
    look(next);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === " " && event.ctrlKey) look(event.currentTarget.selectionStart);
    else if (cursor === undefined) return;
    else if (event.key === "Escape") look(undefined);
    else if (offered.length === 0) return;
    else if (event.key === "ArrowDown") setChosen((at + 1) % offered.length);
    else if (event.key === "ArrowUp") setChosen((at + offered.length - 1) % offered.length);
    else if (event.key === "Enter" && offered[at] !== undefined) take(offered[at]);
    else return;
    event.preventDefault();
  };
  const isOpen = cursor !== undefined;
  const follow = (event: TargetedEvent<HTMLTextAreaElement>): void => {
    if (isOpen) look(event.currentTarget.selectionStart);
  };
  return h(
    "div",
    {},
    h("label", { for: "draft-text" }, "The draft, in YAML"),
    h("textarea", {
      id: "draft-text",
      ref: area,
      rows: 24,
      spellcheck: false,
      autocomplete: "off",
      value: text,
      "aria-describedby": "draft-hint",
      "aria-autocomplete": "list",
      ...(isOpen ? { "aria-controls": list } : {}),
      ...(isOpen && offered.length > 0 ? { "aria-activedescendant": `${list}-${at}` } : {}),
      onKeyDown,
      onInput: (event: TargetedEvent<HTMLTextAreaElement>) => {
        set(event.currentTarget.value);
        follow(event);
      },
      onClick: follow,
    }),
    h("p", { id: "draft-hint", class: "hint" }, hint),
    schema.kind === "failed" ? trouble(schema.error) : null,
    isOpen ? offerList(offered, at, take) : null,
  );
}

function offerList(offered: readonly Suggestion[], at: number, take: (one: Suggestion) => void): JSX.Element {
  if (offered.length === 0)
    return h("p", { role: "status", class: "hint" }, "Nothing that the language knows begins so.");
  return h(
    "ul",
    { id: list, role: "listbox", class: "offers", "aria-label": "What may stand here" },
    ...offered.map((one, index) =>
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
        h("code", {}, one.text),
        " ",
        one.words,
      ),
    ),
  );
}

function offers(schema: Json | undefined, text: string, cursor: number | undefined): readonly Suggestion[] {
  if (schema === undefined || cursor === undefined) return [];
  return suggestionsAt(schema, spotAt(text, cursor)).slice(0, most);
}

/** Of the same copy as the page. Throws `InvalidValue` `console.schema` where it is not there. */
async function readSchema(): Promise<Json> {
  const answer = await fetch("./policy-schema.json", { redirect: "error", credentials: "omit" });
  if (!answer.ok) throw new InvalidValue("console.schema", "nothing is offered: this copy has no schema of policies");
  return parseStrict(await answer.text(), 60);
}

/** Marks a line and brings it into sight. */
function select(area: HTMLTextAreaElement, text: string, line: number): void {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = (area.scrollHeight / Math.max(1, lines.length)) * Math.max(0, line - 4);
}
