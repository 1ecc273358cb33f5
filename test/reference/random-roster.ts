/** Random rosters: people in several groups and units, with several credentials, and services that must never have a seat. */
import { p256 } from "@noble/curves/nist.js";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import { managedKey } from "../place/people.ts";
import type { PlainMember, PlainRoster } from "./plain.ts";
import type { Chooser } from "./tape.ts";

export const initiatorGroups = ["issuers", "desk"];
export const voterGroups = ["custodians", "compliance", "officers"];
export const people = ["ann", "ben", "cem", "dia", "eli", "fay", "gus"];
export const services = ["bot", "lens", "vault", "well"];
export const attestorIds = ["lens", "vault", "well"];
export const keys = [managedKey("hsm-one"), managedKey("hsm-two")];

const kinds = ["wallet", "key", "passkey"] as const;

const passkeys = new Map<string, string>();
function passkeyPoint(id: string): string {
  const known = passkeys.get(id);
  if (known !== undefined) return known;
  const made = fromBytes(p256.getPublicKey(toBytes(sha256(utf8(`passkey ${id}`))), false));
  passkeys.set(id, made);
  return made;
}

function credential(id: string, kind: (typeof kinds)[number]): PlainMember["credentials"][number] {
  const bytes = sha256(utf8(`credential ${id}`));
  switch (kind) {
    case "wallet":
      return { kind, id, address: `0x${bytes.slice(26)}` };
    case "key":
      return { kind, id, publicKey: bytes };
    case "passkey":
      return {
        ...{ kind, id, publicKey: passkeyPoint(id), credentialId: bytes },
        ...{ rpId: "house.example", origin: "https://house.example" },
      };
  }
}

function member(choose: Chooser, id: string, groups: string[]): PlainMember {
  const unit = choose.of([undefined, "east", "west", "north"]);
  const count = choose.of([1, 1, 2, 3]);
  return {
    ...{ id, name: id, groups },
    ...(unit === undefined ? {} : { unit }),
    credentials: Array.from({ length: count }, (_, nth) => credential(`${id}-${String(nth)}`, choose.of(kinds))),
  };
}

/** Every group has somebody; a person is in one to three of them. */
export function randomRoster(choose: Chooser): PlainRoster {
  const groupsOf = new Map(people.map((id) => [id, new Set<string>()]));
  for (const group of [...initiatorGroups, ...voterGroups]) {
    const size = initiatorGroups.includes(group) ? choose.between(1, 2) : choose.between(2, 4);
    for (const id of choose.shuffled(people).slice(0, size)) groupsOf.get(id)!.add(group);
  }
  const crowd = people.map((id) => member(choose, id, [...groupsOf.get(id)!]));
  const helpers = services.map((id) => {
    const groups = id === "bot" ? ["issuers", choose.of(voterGroups)] : ["attestors", ...choose.some(["observers"])];
    return member(choose, id, groups);
  });
  return {
    ...{ apiVersion: "countersign/v1", kind: "Roster", version: 1, previous: null },
    ...{ people: crowd, services: helpers },
    keys: keys.map(({ id, account, publicKey, backend }) => ({ id, account, publicKey, backend })),
  };
}
