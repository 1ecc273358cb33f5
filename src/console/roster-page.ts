/** The roster as people: what each signs with, where they have seats, and what is at risk if one of them is lost. */
import { h, type JSX } from "preact";
import type { Member } from "../roster/roster.ts";
import { addressShown, hexShown } from "./address-shown.ts";
import { agreementsOf, lostWithout } from "./at-risk.ts";
import { useAnswer } from "./answer.ts";
import { EnrolPart } from "./enrol-part.ts";
import { readInForce, type InForce } from "./in-force.ts";
import { whenKnown } from "./notice.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";

export function RosterPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(() => readInForce(visitor), "roster");
  return h(
    "div",
    {},
    whenKnown(answer, "the roster", (inForce) => [h(People, { inForce }), h(EnrolPart, { visitor, inForce })], again),
  );
}

function People({ inForce }: { readonly inForce: InForce }): JSX.Element {
  const { roster } = inForce.roster;
  const agreements = agreementsOf([...inForce.policies.values()].map(({ policy }) => policy));
  return h(
    "div",
    {},
    h(
      "p",
      { class: "soft" },
      `Version ${roster.version}, `,
      hexShown(inForce.documents.roster.hash),
      ". It was held against its hash.",
    ),
    h("p", {}, "Nobody enrols themselves: a roster is proposed and signed by officers."),
    h("h2", {}, `People (${roster.people.length})`),
    h(
      "ul",
      { class: "inbox" },
      ...roster.people.map((person) => memberRow(person, lostWithout(person.id, agreements, inForce.roster))),
    ),
    h("h2", {}, `Services (${roster.services.length})`),
    h("ul", { class: "inbox" }, ...roster.services.map((service) => memberRow(service, []))),
    h("h2", {}, `Managed keys (${roster.keys.length})`),
    h(
      "ul",
      { class: "inbox" },
      ...roster.keys.map(({ id, account, backend }) =>
        h("li", {}, h("strong", {}, said(id)), ` in ${backend} `, addressShown(account, new Map())),
      ),
    ),
  );
}

function memberRow({ id, name, groups, unit, credentials }: Member, lost: readonly string[]): JSX.Element {
  return h(
    "li",
    { key: id },
    h("h3", {}, said(name), h("span", { class: "soft" }, ` (${id})`)),
    h(
      "p",
      {},
      groups.length === 0 ? "in no group" : `Seats: ${groups.join(", ")}`,
      unit === undefined ? "" : `; works in ${unit}`,
    ),
    h(
      "ul",
      {},
      ...credentials.map((credential) =>
        h(
          "li",
          {},
          `${credential.kind} ${credential.id} `,
          credential.kind === "wallet"
            ? addressShown(credential.address, new Map())
            : credential.kind === "passkey"
              ? h("span", { class: "soft" }, "at ", said(credential.origin))
              : hexShown(credential.publicKey),
        ),
      ),
    ),
    lost.length === 0
      ? null
      : h(
          "div",
          { class: "warning" },
          h("p", {}, "Without them nobody can ask for, or agree to"),
          h("ul", {}, ...lost.map((what) => h("li", {}, said(what)))),
        ),
  );
}
