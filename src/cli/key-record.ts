/** The record of a key ceremony as the command line writes it: who was there, and what their token showed them. */
import { existsSync } from "node:fs";
import { checkFolder, type SeenKey } from "../compose/cli-token.ts";
import { documentName } from "../genesis/genesis.ts";
import {
  attestationTypes,
  keyRecordHash,
  keyRecordSchema,
  type Ceremony,
  type KeyRecord,
} from "../roster/key-record.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { sha256 } from "../values/digest.ts";
import { parse as parseName, type Name } from "../values/name.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { fileJson, readBytes, writeNew } from "./document-file.ts";
import type { Io } from "./io.ts";
import { option } from "./option-value.ts";
import { UsageError } from "./outcome.ts";

export type Present = readonly [Name, Name];

/** The two people; throws `UsageError` when there are not two different ones, before anything is done to a token. */
export function operatorsOf(given: Given): Present {
  const [one, other, ...more] = given.list("operator").map((text) => option("operator", text, parseName));
  if (one === undefined || other === undefined || more.length > 0 || one === other)
    throw new UsageError("--operator: a ceremony has two different people; name both");
  const file = given.maybe("record");
  if (file !== undefined && existsSync(file)) throw new UsageError(`--record: there is a file \`${file}\` already`);
  checkFolder(file ?? "record");
  attestationOf(given);
  return [one, other];
}

export type Held = SeenKey & {
  readonly ceremony: Ceremony;
  readonly operators: Present;
  readonly wrapped?: KeyRecord["wrapped"];
};

export type Written = {
  readonly file: string;
  readonly hash: Bytes32;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, string | string[]>>;
};

/** Writes the record to a new file and says what the two people do with it. */
export function writeRecord(given: Given, io: Io, { ceremony, operators, key, seen, wrapped }: Held): Written {
  const record = parseWith(
    keyRecordSchema,
    toWire({
      format: "countersign/key-record/v1",
      ...{ ceremony, madeAt: io.now(), operators, key, ...seen, attestation: attestationOf(given), wrapped },
    }),
    "ceremony.malformed",
  );
  const hash = keyRecordHash(record);
  const file = given.maybe("record") ?? `countersign-record-${hash.slice(2, 14)}.json`;
  writeNew(file, fileJson(toWire(record)));
  const name = documentName(hash);
  const lines = [
    ...givenUpLines(seen),
    `the record is in ${file}; its hash is`,
    `  ${name}`,
    `${operators.join(" and ")} each write that down, and each sign it with their own credential:`,
    `  countersign hsm sign ${file}`,
  ];
  return {
    file,
    hash,
    lines,
    json: { record: file, recordHash: hash, operators: [...operators], givenUp: [...seen.givenUp] },
  };
}

/** What the token would not have in its template. */
export function givenUpLines({ givenUp }: Pick<KeyRecord, "givenUp">): readonly string[] {
  if (givenUp.length === 0) return [];
  return [`the token would not have ${givenUp.join(", ")}; its profile lets it do without`];
}

function attestationOf(given: Given): KeyRecord["attestation"] {
  const file = given.maybe("attestation");
  const type = attestationTypes.find((one) => one === given.maybe("attestation-type"));
  const verified = given.flag("attestation-verified");
  if (file === undefined && given.maybe("attestation-type") === undefined && !verified) return null;
  if (file === undefined || type === undefined)
    throw new UsageError(`--attestation goes with --attestation-type, one of ${attestationTypes.join(", ")}`);
  return { type, sha256: sha256(readBytes(file)), verified };
}
