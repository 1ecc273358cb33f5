/** A new passkey on its way into the roster: its record, and the roster that adds it, which people sign who are not its holder. */
import { documentName } from "../genesis/genesis.ts";
import { indexRoster } from "../roster/membership.ts";
import { credentialSchema, type Credential, type Roster } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromBytes } from "../values/hex.ts";
import { hash, type Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";

type Passkey = Extract<Credential, { kind: "passkey" }>;

/** As `navigator.credentials.create` answers, in a page of `origin`. */
export type MadePasskey = {
  readonly credentialId: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly origin: string;
};

/** What stands before the 65 bytes of an uncompressed point of P-256 (RFC 5480). */
const beforePoint = "0x3059301306072a8648ce3d020106082a8648ce3d030107034200";

/** Throws `InvalidValue` `client.passkey-key` for a key of another kind, and `roster.malformed` for an id that is no name. */
export function passkeyRecord(id: string, { credentialId, publicKey, origin }: MadePasskey): Passkey {
  const key = fromBytes(publicKey);
  if (!key.startsWith(`${beforePoint}04`) || publicKey.length !== 91)
    throw new InvalidValue(
      "client.passkey-key",
      "the passkey that was made has no key of P-256: make it on another device",
    );
  const record = {
    ...{ kind: "passkey", id, publicKey: `0x${key.slice(beforePoint.length)}`, credentialId: fromBytes(credentialId) },
    ...{ rpId: new URL(origin).hostname, origin },
  };
  const read = parseWith(credentialSchema, record, "roster.malformed");
  if (read.kind !== "passkey") throw new InvalidValue("roster.malformed", "this is the record of no passkey");
  return read;
}

/** The roster after the one in force, with one credential more. Throws `InvalidValue` `roster.*` when it does not hold. */
export function rosterWith(inForce: Roster, holder: Name, credential: Credential): { document: Json; hash: Bytes32 } {
  const people = inForce.people.map((person) =>
    person.id === holder ? { ...person, credentials: [...person.credentials, credential] } : person,
  );
  const previous = documentName(hash(toWire(inForce)));
  const next = { ...inForce, version: inForce.version + 1, previous, people };
  indexRoster(next);
  const document = toWire(next);
  return { document, hash: hash(document) };
}
