/** What a statement about a key ceremony must be, and when a ceremony is complete: both people named in its record signed it. */
import { keyRecordHash, readKeyRecord, type KeyRecord } from "../roster/key-record.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { ManagedKey, Roster } from "../roster/roster.ts";
import type { Message } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import * as name from "../values/name.ts";
import type { Name } from "../values/name.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

/** Whose people may hold a ceremony; which of the two a house has is for its roster to say. */
const holders = ["operators", "officers"].map(name.parse);

export function mayHoldCeremony(index: RosterIndex, person: Name): boolean {
  return holders.some((group) => index.inGroup(person, group));
}

/** The words that both operators sign. */
export function ceremonyMessage(record: KeyRecord): Message<"KeyCeremony"> {
  const { ceremony, madeAt, key, token } = record;
  return {
    ceremony,
    key: key.name,
    account: key.account,
    publicKey: key.publicKey,
    label: key.label,
    tokenSerial: token.serial,
    madeAt,
    recordHash: keyRecordHash(record),
  };
}

/** The record that travels with a ceremony's statement. Throws `InvalidValue` `ceremony.*` unless it is sound and the one that was signed. */
export function boundRecord(
  message: Message<"KeyCeremony">,
  attachment: Json | undefined,
  checks: SignatureChecks,
): KeyRecord {
  if (attachment === undefined)
    throw new InvalidValue("ceremony.malformed", "the record of the ceremony is missing", "attachment");
  const record = read(attachment, checks);
  const expected: Readonly<Record<string, string | number>> = ceremonyMessage(record);
  for (const [field, said] of Object.entries(message)) {
    if (expected[field] !== said)
      throw new InvalidValue("ceremony.other-record", `the record has another ${field}`, `message.${field}`);
  }
  return record;
}

function read(attachment: Json, checks: SignatureChecks): KeyRecord {
  try {
    return readKeyRecord(attachment, checks);
  } catch (error) {
    throw error instanceof InvalidValue ? error.within("attachment") : error;
  }
}

export type SignedRecord = { readonly record: KeyRecord; readonly hash: Bytes32; readonly signedBy: readonly Name[] };

/** Both people whom the record names signed it. */
export function isComplete({ record, signedBy }: SignedRecord): boolean {
  return record.operators.every((operator) => signedBy.includes(operator));
}

/** Keys in an HSM that the next roster has and this one has not, or has otherwise. */
export function addedHsmKeys(current: Roster, next: Roster): readonly ManagedKey[] {
  const known = new Set(current.keys.map(text));
  return next.keys.filter((key) => key.backend === "pkcs11" && !known.has(text(key)));
}

/** Whether a complete record is of this key of the roster. */
export function vouchesFor(signed: SignedRecord, { id, account, publicKey }: ManagedKey): boolean {
  const { key } = signed.record;
  return key.name === id && key.account === account && key.publicKey === publicKey && isComplete(signed);
}

function text({ id, account, publicKey, backend }: ManagedKey): string {
  return [id, account, publicKey, backend].join(" ");
}
