/** A page of the app: where it is, what it is called, who may read it, and what it shows. */
import type { JSX } from "preact";
import type { Shell, Visitor } from "./shell.ts";

export type Page = {
  /** First part of its address. */
  readonly path: string;
  readonly title: string;
  /** Whether the menu leads there; a page about one thing is reached from the list of them. */
  readonly inMenu: boolean;
} & (
  | { readonly kind: "open"; readonly show: (shell: Shell, rest: readonly string[]) => JSX.Element }
  | {
      readonly kind: "reader";
      /** Whose work it is; the service decides by its own table who may read what. */
      readonly groups: readonly string[] | "everybody";
      readonly show: (visitor: Visitor, rest: readonly string[]) => JSX.Element;
    }
);

export function isFor(page: Page, visitor: Visitor | undefined): boolean {
  if (page.kind === "open") return true;
  if (visitor === undefined) return false;
  const { groups } = page;
  return groups === "everybody" || visitor.groups.some((group) => groups.includes(group));
}
