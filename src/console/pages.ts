/** Every page, in the order of the menu; the first that a visitor may read is where they begin. */
import { h } from "preact";
import { BundlePage } from "./bundle-page.ts";
import { InboxPage } from "./inbox-page.ts";
import type { Page } from "./page.ts";

export const pages: readonly Page[] = [
  {
    kind: "reader",
    path: "inbox",
    title: "Inbox",
    inMenu: true,
    groups: ["custodians", "compliance", "officers", "auditors", "issuers"],
    show: (visitor, [which]) => h(InboxPage, { visitor, ended: which === "ended" }),
  },
  {
    kind: "open",
    path: "bundle",
    title: "Check a bundle",
    inMenu: true,
    show: ({ judge }) => h(BundlePage, { judge }),
  },
];
