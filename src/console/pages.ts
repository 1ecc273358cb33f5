/** Every page, in the order of the menu; the first that a visitor may read is where they begin. */
import { h } from "preact";
import { AskPage } from "./ask-page.ts";
import { AssetsPage } from "./assets-page.ts";
import { BatchPage } from "./batch-page.ts";
import { BundlePage } from "./bundle-page.ts";
import { InboxPage } from "./inbox-page.ts";
import { ChangesPage } from "./changes-page.ts";
import { LogPage } from "./log-page.ts";
import { overseers } from "./overseers.ts";
import type { Page } from "./page.ts";
import { PoliciesPage } from "./policies-page.ts";
import { ProofPage } from "./proof-page.ts";
import { ReportPage } from "./report-page.ts";
import { RosterPage } from "./roster-page.ts";
import { noRequest, RequestPage } from "./request-page.ts";
import { parse as parseBytes32 } from "../values/bytes32.ts";

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
    kind: "reader",
    path: "batch",
    title: "Together",
    inMenu: true,
    groups: ["custodians", "compliance", "officers"],
    show: (visitor) => h(BatchPage, { visitor }),
  },
  {
    kind: "reader",
    path: "ask",
    title: "Ask",
    inMenu: true,
    groups: ["issuers"],
    show: (visitor) => h(AskPage, { visitor }),
  },
  {
    kind: "reader",
    path: "assets",
    title: "Assets",
    inMenu: true,
    groups: "everybody",
    show: (visitor) => h(AssetsPage, { visitor }),
  },
  {
    kind: "reader",
    path: "log",
    title: "Log",
    inMenu: true,
    groups: overseers,
    show: (visitor, [index]) => h(LogPage, { visitor, index }),
  },
  {
    kind: "reader",
    path: "report",
    title: "Report",
    inMenu: true,
    groups: overseers,
    show: (visitor) => h(ReportPage, { visitor }),
  },
  {
    kind: "reader",
    path: "proof",
    title: "Proof of a request",
    inMenu: false,
    groups: [...overseers, "issuers"],
    show: (visitor, [requestId = ""]) => h(ProofPage, { visitor, requestId }),
  },
  {
    kind: "reader",
    path: "policies",
    title: "Policies",
    inMenu: true,
    groups: "everybody",
    show: (visitor) => h(PoliciesPage, { visitor }),
  },
  {
    kind: "reader",
    path: "changes",
    title: "Changes",
    inMenu: true,
    groups: overseers,
    show: (visitor) => h(ChangesPage, { visitor }),
  },
  {
    kind: "reader",
    path: "roster",
    title: "Roster",
    inMenu: true,
    groups: "everybody",
    show: (visitor) => h(RosterPage, { visitor }),
  },
  {
    kind: "reader",
    path: "request",
    title: "Request",
    inMenu: false,
    groups: "everybody",
    show: (visitor, [id = ""]) =>
      /^0x[0-9a-f]{64}$/.test(id) ? h(RequestPage, { key: id, visitor, requestId: parseBytes32(id) }) : noRequest(),
  },
  {
    kind: "open",
    path: "bundle",
    title: "Check a bundle",
    inMenu: true,
    show: ({ judge }) => h(BundlePage, { judge }),
  },
];
