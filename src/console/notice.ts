/** What a page says while it waits, and when something went wrong: always in words, and what to do. */
import { h, type ComponentChildren, type JSX } from "preact";
import { Fault, InvalidValue } from "../values/errors.ts";
import type { Answer } from "./answer.ts";
import { said } from "./said.ts";

/** `what` goes on after "Waiting for". */
export function waiting(what: string): JSX.Element {
  return h("p", { role: "status", class: "waiting" }, `Waiting for ${what}…`);
}

export function trouble(error: unknown, again?: () => void): JSX.Element {
  return h(
    "div",
    { role: "alert", class: "verdict bad" },
    h("strong", {}, headOf(error)),
    h("p", {}, said(wordsOf(error))),
    again === undefined ? null : h("button", { type: "button", onClick: again }, "Try again"),
  );
}

/** The answer once it is there; before that the words of waiting, or what went wrong. */
export function whenKnown<T>(
  answer: Answer<T>,
  what: string,
  show: (value: T) => ComponentChildren,
  again?: () => void,
): ComponentChildren {
  if (answer.kind === "waiting") return waiting(what);
  if (answer.kind === "failed") return trouble(answer.error, again);
  return show(answer.value);
}

function headOf(error: unknown): string {
  if (error instanceof InvalidValue) {
    if (error.code === "client.untrue") return "Nothing is signed here";
    if (error.code === "console.documents") return "Read it again";
    return error.code === "client.declined" ? "Nothing was said" : "This is refused";
  }
  return error instanceof Fault ? "It could not be done" : "This page has a fault";
}

export function wordsOf(error: unknown): string {
  if (error instanceof InvalidValue || error instanceof Fault) return error.message;
  return "nobody foresaw this; load the page again, and tell whoever runs the service";
}
