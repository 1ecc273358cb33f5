/** How one version of a document follows another, and which proofs of possession a new roster needs. */
import { holdersOf } from "../roster/membership.ts";
import type { Credential, Roster } from "../roster/roster.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { toWire } from "../values/wire.ts";
import { documentHash, documentName } from "./genesis.ts";

/** What every signed document says of its place in the chain of versions; the rest is its own. */
export type Versioned = { readonly kind: string; readonly version: number; readonly previous: string | null };

/**
 * Throws unless `next` is of the same kind, names the hash of `current` as its previous, and counts one version up.
 * `current` is the document as hashed (its JSON). Codes: `genesis.kind-changed`, `genesis.version`, `genesis.previous`.
 */
export function checkSuccession(current: Versioned, next: Versioned): void {
  if (next.kind !== current.kind) {
    throw new InvalidValue("genesis.kind-changed", `a ${next.kind} does not follow a ${current.kind}`, "kind");
  }
  if (next.version !== current.version + 1) {
    throw new InvalidValue(
      "genesis.version",
      `version ${next.version} does not follow version ${current.version}`,
      "version",
    );
  }
  const expected = documentName(documentHash(toWire(current)));
  if (next.previous !== expected) {
    throw new InvalidValue(
      "genesis.previous",
      `previous: \`${String(next.previous)}\` is not \`${expected}\``,
      "previous",
    );
  }
}

/** The first version of a document: number 1, following nothing. */
export function checkFirst(document: Versioned, field: string): void {
  if (document.version === 1 && document.previous === null) return;
  throw new InvalidValue(
    "genesis.first-version",
    `${field}: the first version is 1 and its \`previous\` is null`,
    field,
  );
}

export type Held = { readonly holder: Name; readonly credential: Credential };

/** Credentials of the next roster that the old one did not have, with the same key in the same hands; each needs a `Possession` of the new roster's hash. */
export function newCredentials(old: Roster, next: Roster): readonly Held[] {
  const proven = new Set(held(old).map(text));
  return held(next).filter((one) => !proven.has(text(one)));
}

/** Every credential of a roster with its holder's id. */
export function held(roster: Roster): readonly Held[] {
  return holdersOf(roster).map(({ member, credential }) => ({ holder: member.id, credential }));
}

function text(value: Held): string {
  return canonical(toWire(value));
}
