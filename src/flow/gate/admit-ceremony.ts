/** Judges what operators say of key ceremonies, and whether a roster brings a key whose ceremony nobody signed. */
import { addedHsmKeys, boundRecord, mayHoldCeremony, vouchesFor, type SignedRecord } from "../../gate/key-ceremony.ts";
import type { Roster } from "../../roster/roster.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Address } from "../../values/address.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import { skewSeconds } from "./admit-evidence.ts";
import type { Core } from "./core.ts";
import { verifiedAgain } from "./verified.ts";

/** Ceremonies of one key that one person may sign; each is looked at again when a roster brings the key. */
const mostOfOneKey = 100;

/** Stored of each of the two people whom the record names, once. */
export function admitCeremony(
  core: Core,
  { statement, author, service, attachment, now }: Case<"KeyCeremony">,
): Admission {
  const { message } = statement;
  const { roster } = core.standing();
  if (service || !mayHoldCeremony(roster.index, author))
    throw new InvalidValue("ceremony.not-entitled", `${author} is neither operator nor officer`, "credential");
  const record = boundRecord(message, attachment, core.checks);
  if (!record.operators.includes(author))
    throw new InvalidValue("ceremony.not-present", `the record does not name ${author}`, "credential");
  if (message.madeAt > now + skewSeconds)
    throw new InvalidValue("ceremony.future", "it is of a time to come", "message.madeAt");
  const known = roster.roster.keys.find(({ id }) => id === message.key);
  if (known !== undefined && known.account !== message.account)
    throw new InvalidValue("ceremony.other-key", `the roster has another key called ${message.key}`, "message.key");
  const own = core.journal.statementsAbout("KeyCeremony", message.account).filter(({ member }) => member === author);
  if (own.some(({ envelope }) => envelope.message["recordHash"] === message.recordHash))
    throw new InvalidValue("ceremony.signed-before", `${author} signed this record already`, "message.recordHash");
  if (own.length >= mostOfOneKey)
    throw new InvalidValue(
      "ceremony.too-many",
      `${author} signed ${String(mostOfOneKey)} ceremonies of this key already`,
      "message.account",
    );
  return { kind: "store", about: message.account };
}

/** Only where the genesis asks for it. Throws `ceremony.missing` with the first key that nobody vouches for. */
export function checkCeremonies(core: Core, next: Roster): void {
  const { genesis, roster } = core.standing();
  if (genesis.keyCeremonies !== "required") return;
  for (const key of addedHsmKeys(roster.roster, next)) {
    if (signedRecords(core, key.account).some((signed) => vouchesFor(signed, key))) continue;
    throw new InvalidValue(
      "ceremony.missing",
      `no record of a ceremony of \`${key.id}\` with this public key is signed by both its operators`,
      "attachment.document.keys",
    );
  }
}

/** The records of one account with those who signed each and are still who they were. */
function signedRecords(core: Core, account: Address): readonly SignedRecord[] {
  const found = new Map<Bytes32, { readonly record: SignedRecord["record"]; readonly signedBy: readonly Name[] }>();
  for (const stored of core.journal.statementsAbout("KeyCeremony", account)) {
    const statement = verifiedAgain(core, stored, "KeyCeremony");
    if (statement === undefined || !mayHoldCeremony(core.standing().roster.index, stored.member)) continue;
    const { recordHash } = statement.message;
    const record = found.get(recordHash)?.record ?? boundRecord(statement.message, stored.attachment, core.checks);
    found.set(recordHash, { record, signedBy: [...(found.get(recordHash)?.signedBy ?? []), stored.member] });
  }
  return [...found].map(([hash, signed]) => ({ ...signed, hash }));
}
