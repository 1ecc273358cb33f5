/** A text that somebody else wrote, as an element: never as markup, and marked where it may deceive. */
import { h, type JSX } from "preact";
import { piecesOf } from "./strange-text.ts";

export function said(text: string): JSX.Element {
  const pieces = piecesOf(text).map(({ text: shown, why }) =>
    why === undefined ? shown : h("mark", { title: why }, shown, h("small", {}, ` (${why})`)),
  );
  return h("bdi", {}, ...pieces);
}
