/** The record of a key ceremony in words, as a person reads it before they sign: what their name stands for, the worst of it loudest. */
import { documentName } from "../genesis/genesis.ts";
import { keyRecordHash, type KeyRecord } from "../roster/key-record.ts";
import { mayLeaveWrapped, weaknesses } from "../roster/strict-key.ts";
import { toIso } from "../values/instant.ts";

const did = {
  keygen: "was made on",
  found: "was found on",
  backup: "left, wrapped,",
  restore: "was restored to",
} as const;

/** The flags that say whether somebody could have the key besides its token. */
const shown = ["CKA_SENSITIVE", "CKA_EXTRACTABLE", "CKA_LOCAL", "CKA_ALWAYS_SENSITIVE", "CKA_NEVER_EXTRACTABLE"];

export function keyRecordWords(record: KeyRecord): readonly string[] {
  const { ceremony, key, token, module, madeAt, operators, selfReported, givenUp, wrapped } = record;
  const where = `the token \`${token.label}\` (serial ${token.serial})`;
  const flags = shown.map((name) => `${name} ${String(selfReported[name] ?? "absent")}`);
  return [
    `the key \`${key.name}\` ${did[ceremony]} ${where} at ${toIso(madeAt)}, before ${operators.join(" and ")}`,
    `  account:    ${key.account}`,
    `  public key: ${key.publicKey}`,
    `  label:      ${key.label}`,
    ...(wrapped === undefined ? [] : [`  wrapped:    ${documentName(wrapped.sha256)} under ${wrapped.wrappingKey}`]),
    `  its token says of it: ${flags.join(", ")}`,
    ...(mayLeaveWrapped(record)
      ? ["  ATTENTION: it may leave the token, wrapped under a key that the token's security officer trusts"]
      : []),
    ...weaknesses(record).map((weakness) => `  ATTENTION: ${weakness}`),
    ...(givenUp.length === 0 ? [] : [`  ATTENTION: given up, for the token would not have it: ${givenUp.join(", ")}`]),
    `  module:     ${documentName(module.sha256)}, which calls itself \`${module.description}\``,
    `  attested:   ${attested(record)}`,
    `  record:     ${documentName(keyRecordHash(record))}`,
    "compare the record's hash with the one that you wrote down",
  ];
}

function attested({ attestation }: KeyRecord): string {
  if (attestation === null) return "by nobody but the token";
  const { type, sha256, verified } = attestation;
  const how = verified ? "verified with the vendor's tool, by the operators' word" : "NOT VERIFIED by anybody";
  return `${type} ${documentName(sha256)}, ${how}`;
}
