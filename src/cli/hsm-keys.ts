/** `countersign hsm keys`: what is on a token, by its own word and apart from that by others', and what differs from its file and its records. */
import { checksHere } from "../compose/cli-credentials.ts";
import { keysOn, type KeyOnToken } from "../compose/cli-token.ts";
import { isComplete } from "../gate/key-ceremony.ts";
import { keyRecordsIn } from "../gate/key-records.ts";
import { documentName } from "../genesis/genesis.ts";
import { keyRecordHash, readKeyRecord, type KeyRecord } from "../roster/key-record.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { toIso } from "../values/instant.ts";
import { toWire } from "../values/wire.ts";
import { pinsOf } from "./connection.ts";
import type { Given } from "./command.ts";
import { readDocument } from "./document-file.ts";
import { openGenesis } from "./genesis-file.ts";
import { exportedLog } from "./held-log.ts";
import { no, UsageError, yes, type Outcome } from "./outcome.ts";

type Known = {
  readonly record: KeyRecord;
  /** Who signed it, by the log; nothing of a record from a file, which nobody need have signed. */
  readonly signedBy: readonly string[] | undefined;
  readonly complete: boolean;
};

export async function keys(given: Given): Promise<Outcome> {
  const known = recordsGiven(given);
  const records = known === undefined ? undefined : [...known.values()].map(({ record }) => record);
  const { keys: found, drift } = await keysOn(given.text("config"), records);
  const shown = found.map((key) => show(key, known));
  const lines = [...shown.flatMap((one) => one.lines), ...drift.map((sentence) => `wrong: ${sentence}`)];
  const json = { keys: shown.map((one) => one.json), drift: [...drift] };
  if (drift.length > 0 || shown.some(({ wrong }) => wrong)) return no(lines, json);
  return yes(lines.length === 0 ? ["there is no key on this token"] : lines, json);
}

/** Records from files and from an exported log, by hash; the log's word of who signed counts. */
function recordsGiven(given: Given): ReadonlyMap<Bytes32, Known> | undefined {
  const files = given.list("record");
  const log = given.maybe("log");
  if (files.length === 0 && log === undefined) return undefined;
  const known = new Map<Bytes32, Known>();
  for (const path of files) {
    const record = readKeyRecord(readDocument(path), checksHere());
    known.set(keyRecordHash(record), { record, signedBy: undefined, complete: true });
  }
  for (const signed of log === undefined ? [] : recordsIn(log, given)) {
    const { record, hash, signedBy } = signed;
    known.set(hash, { record, signedBy, complete: isComplete(signed) });
  }
  return known;
}

function recordsIn(log: string, given: Given): ReturnType<typeof keyRecordsIn> {
  const genesis = given.maybe("genesis");
  if (genesis === undefined) throw new UsageError("--log goes with --genesis: the log is held against it");
  const standing = openGenesis(genesis);
  return keyRecordsIn(exportedLog({ standing, pins: pinsOf(standing) }, log).entries, checksHere());
}

type Shown = { readonly lines: readonly string[]; readonly json: ReturnType<typeof toWire>; readonly wrong: boolean };

function show(key: KeyOnToken, known: ReadonlyMap<Bytes32, Known> | undefined): Shown {
  const { label, id, publicKey, account, selfReported, lacks, record } = key;
  const hash = record === undefined ? undefined : keyRecordHash(record);
  const from = hash === undefined ? undefined : known?.get(hash);
  const findings = [...key.findings, ...incomplete(from)];
  const lines = [
    `${label} (${id}): ${publicKey ?? "no public key"}`,
    ...(account === null ? [] : [`  account ${account}`]),
    `  the token says: ${attributeWords(selfReported)}`,
    ...(lacks.length === 0 ? [] : [`  it has no ${lacks.join(", ")}, which its profile lets it do without`]),
    ...(from === undefined || hash === undefined ? [] : recordLines(from, hash)),
    ...findings.map((finding) => `  wrong: ${finding}`),
  ];
  const told =
    record === undefined
      ? { attestation: null, record: null }
      : {
          attestation: record.attestation,
          record: { hash, ceremony: record.ceremony, signedBy: from?.signedBy ?? null },
        };
  const json = toWire({ id, label, publicKey, account, selfReported, lacks, findings, ...told });
  return { lines, json, wrong: findings.length > 0 };
}

function attributeWords(said: KeyOnToken["selfReported"]): string {
  const word = (value: boolean | number | string): string =>
    typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  return Object.entries(said)
    .map(([name, value]) => `${name} ${word(value)}`)
    .join(", ");
}

function recordLines({ record, signedBy }: Known, hash: Bytes32): readonly string[] {
  const { ceremony, madeAt, operators, attestation, givenUp } = record;
  const signed =
    signedBy === undefined ? "from a file; who signed it is in the log" : `signed by ${signedBy.join(" and ")}`;
  const vendor =
    attestation === null
      ? "nobody but the token says so"
      : `${attestation.type}, file ${documentName(attestation.sha256)}, ${attestation.verified ? "verified by the operators" : "not verified"}`;
  return [
    `  record: ${ceremony} at ${toIso(madeAt)} by ${operators.join(" and ")}, ${documentName(hash)}, ${signed}`,
    ...(givenUp.length === 0 ? [] : [`  the token would not have: ${givenUp.join(", ")}`]),
    `  attested: ${vendor}`,
  ];
}

function incomplete(known: Known | undefined): readonly string[] {
  if (known?.complete !== false) return [];
  const missing = known.record.operators.filter((operator) => known.signedBy?.includes(operator) !== true);
  return [`${missing.join(" and ")} did not sign its record`];
}
