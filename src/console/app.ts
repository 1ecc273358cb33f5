/** The frame of every page: who serves it, who reads it, where one can go. */
import { h, type JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { statementHash } from "../statement/envelope.ts";
import { groundNote } from "./ground-note.ts";
import { Kept, type Sent } from "./kept.ts";
import { isFor, type Page } from "./page.ts";
import { placeOf, type Place } from "./place.ts";
import type { Entered, Shell, Visitor } from "./shell.ts";
import { said } from "./said.ts";
import { SignInPage } from "./sign-in-page.ts";
import { timeShown } from "./time-shown.ts";
import { usePlace } from "./use-place.ts";

type Seat = { readonly visitor: Visitor | undefined; readonly enter: (visitor: Entered) => void };

/** No session is longer. */
const longestMs = 3_600_000;

export function App({ shell, pages }: { readonly shell: Shell; readonly pages: readonly Page[] }): JSX.Element {
  const place = usePlace();
  const [entered, setVisitor] = useState<Entered | undefined>(undefined);
  const [left, setLeft] = useState<Entered | undefined>(undefined);
  const [kept, setKept] = useState<readonly Sent[]>([]);
  const keep = (sent: Sent): void => {
    setKept((before) => [...without(before, sent), sent]);
  };
  const visitor = useMemo(() => (entered === undefined ? undefined : { ...entered, keep }), [entered]);
  const main = useRef<HTMLElement>(null);
  const page = pageAt(pages, place, visitor);
  const title = page?.title ?? "Sign in";
  useEffect(() => {
    document.title = `${title} · Countersign`;
    main.current?.focus();
  }, [title, place.rest.join("/")]);
  useEffect(() => {
    if (visitor === undefined) return undefined;
    const left = visitor.expiresAt * 1000 - Date.now();
    const timer = setTimeout(
      () => {
        setVisitor(undefined);
      },
      Math.min(Math.max(0, left), longestMs),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [visitor]);
  const enter = (own: Entered): void => {
    setLeft(undefined);
    setVisitor(own);
  };
  const leave = (): void => {
    setVisitor(undefined);
    setLeft(visitor);
  };
  return h(
    "div",
    { class: "app" },
    h(
      "header",
      {},
      skipLink(() => main.current?.focus()),
      h("p", { class: "brand" }, "Countersign"),
      menu(pages, page, visitor),
      whoReads(visitor, leave),
    ),
    groundNote(shell.ground),
    h(
      "main",
      { ref: main, tabIndex: -1 },
      h("h1", {}, title),
      ...kept.map((sent) =>
        h(Kept, {
          key: statementHash(sent.statement),
          sent,
          keep,
          drop: () => {
            setKept((before) => without(before, sent));
          },
        }),
      ),
      page === undefined && left !== undefined ? leftNote(left) : null,
      contents(page, { shell, seat: { visitor, enter }, place }),
    ),
  );
}

/** What signing out did. */
function leftNote({ member, expiresAt }: Entered): JSX.Element {
  return h(
    "div",
    { role: "status", class: "verdict" },
    h("strong", {}, "Signed out"),
    h(
      "p",
      {},
      `This page has forgotten ${member}'s session, and nobody else had it. It could only read, and the service ends it at `,
      timeShown(expiresAt, undefined),
      ". What you signed stays signed.",
    ),
  );
}

function without(kept: readonly Sent[], { statement }: Sent): readonly Sent[] {
  return kept.filter((one) => one.statement !== statement);
}

/** Where the visitor is, or where they begin; undefined where they must sign in first. */
function pageAt(pages: readonly Page[], place: Place, visitor: Visitor | undefined): Page | undefined {
  const found = pages.find((page) => page.path === place.page);
  if (found !== undefined) return found.kind === "open" || visitor !== undefined ? found : undefined;
  return visitor === undefined ? undefined : pages.find((page) => page.inMenu && isFor(page, visitor));
}

function contents(
  page: Page | undefined,
  { shell, seat, place }: { readonly shell: Shell; readonly seat: Seat; readonly place: Place },
): JSX.Element {
  if (page?.kind === "open") return page.show(shell, place.rest);
  const { visitor, enter } = seat;
  if (page === undefined || visitor === undefined) return h(SignInPage, { shell, enter });
  return page.show(visitor, place.rest);
}

function skipLink(skip: () => void): JSX.Element {
  const onClick = (event: Event): void => {
    event.preventDefault();
    skip();
  };
  return h("a", { class: "skip", href: location.hash === "" ? "#/" : location.hash, onClick }, "Skip to the page");
}

function menu(pages: readonly Page[], here: Page | undefined, visitor: Visitor | undefined): JSX.Element {
  const links = pages
    .filter((page) => page.inMenu && isFor(page, visitor))
    .map((page) => {
      const current = page === here ? ({ "aria-current": "page" } as const) : {};
      return h("li", {}, h("a", { href: placeOf(page.path), ...current }, page.title));
    });
  const signIn = h(
    "a",
    { href: "#/", ...(here === undefined ? ({ "aria-current": "page" } as const) : {}) },
    "Sign in",
  );
  return h("nav", { "aria-label": "Pages" }, h("ul", {}, ...links, visitor === undefined ? h("li", {}, signIn) : null));
}

function whoReads(visitor: Visitor | undefined, leave: () => void): JSX.Element | null {
  if (visitor === undefined) return null;
  const { member, groups } = visitor;
  return h(
    "p",
    { class: "who" },
    "Signed in as ",
    h("strong", {}, said(member)),
    groups.length === 0 ? "" : ` (${groups.join(", ")}) `,
    h("button", { type: "button", class: "plain", onClick: leave }, "Sign out"),
  );
}
