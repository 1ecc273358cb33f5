/** The record of a key ceremony: which key, on which token, what the token says of it, and a text that the key signed meanwhile. */
import { z } from "zod";
import { fromPublicKey, type Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { sha256, utf8 } from "../values/digest.ts";
import { InvalidValue } from "../values/errors.ts";
import { toBytes } from "../values/hex.ts";
import { hash, type Json } from "../values/json.ts";
import {
  addressSchema,
  bytes32Schema,
  hexSchema,
  instantSchema,
  lineSchema,
  nameSchema,
  parseWith,
  publicKeySchema,
} from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import { weaknesses } from "./strict-key.ts";

/**
 * What was done: the key was made, was found on its token and looked at, left it wrapped, or came to another token.
 * A record of a key that was found says nothing of how it came to be.
 */
export const ceremonySchema = z.enum(["keygen", "found", "backup", "restore"]);
export type Ceremony = z.output<typeof ceremonySchema>;

export const keyLabelSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, "is no plain label");
export const tokenSerialSchema = z.string().regex(/^[0-9A-Za-z._-]{1,16}$/, "is no serial number");

const attributesSchema = z.record(
  z.string().regex(/^CKA_[A-Z0-9_]{1,40}$/),
  z.union([z.boolean(), z.int(), z.string().max(200)]),
);

export const attestationTypes = ["yubihsm-x509", "luna-pkc", "nfkmattest", "marvell"] as const;

export const keyRecordSchema = z.strictObject({
  format: z.literal("countersign/key-record/v1"),
  ceremony: ceremonySchema,
  madeAt: instantSchema,
  /** The two people who were there, as the roster names them. */
  operators: z.tuple([nameSchema, nameSchema]),
  key: z.strictObject({
    name: nameSchema,
    account: addressSchema,
    publicKey: publicKeySchema,
    /** CKA_ID. */
    id: z.string().regex(/^(?:[0-9a-f]{2}){1,32}$/),
    label: keyLabelSchema,
  }),
  token: z.strictObject({
    label: lineSchema,
    serial: tokenSerialSchema,
    manufacturer: lineSchema,
    model: lineSchema,
    firmware: lineSchema,
  }),
  module: z.strictObject({ sha256: bytes32Schema, description: lineSchema }),
  /** Read back from the token: its own claim. */
  selfReported: attributesSchema,
  /** What the token would not have in its template, and its profile lets it do without. */
  givenUp: z.array(z.string().regex(/^CKA_[A-Z0-9_]{1,40}$/)).max(20),
  /** The key's own signature (65 bytes, r ‖ s ‖ v) over SHA-256 of `challengeText`. */
  challenge: z.strictObject({ nonce: bytes32Schema, signature: hexSchema }),
  /** What the vendor says of the key, apart from what the token says of itself; `verified` is the operators' word, by the vendor's tool. */
  attestation: z.nullable(
    z.strictObject({ type: z.enum(attestationTypes), sha256: bytes32Schema, verified: z.boolean() }),
  ),
  /** Of a backup, and of what was restored from it. */
  wrapped: z.strictObject({ sha256: bytes32Schema, mechanism: z.string().max(60), wrappingKey: lineSchema }).optional(),
});

export type KeyRecord = z.output<typeof keyRecordSchema>;

/** What the statement binds: SHA-256 of the canonical record. */
export function keyRecordHash(record: KeyRecord): Bytes32 {
  return hash(toWire(record));
}

export type Challenge = {
  readonly ceremony: Ceremony;
  readonly label: string;
  readonly account: Address;
  readonly serial: string;
  readonly nonce: Bytes32;
};

/** What the key signs to show that it works: no transaction and no statement hashes to the same digest, for those go by Keccak-256. */
export function challengeText({ ceremony, label, account, serial, nonce }: Challenge): string {
  return [
    "Countersign key ceremony",
    `ceremony: ${ceremony}`,
    `label: ${label}`,
    `account: ${account}`,
    `token: ${serial}`,
    `nonce: ${nonce}`,
    "",
  ].join("\n");
}

/** Throws `InvalidValue` `ceremony.malformed` or `ceremony.unsound` unless the record holds together and the key itself signed its challenge. */
export function readKeyRecord(input: Json, checks: Pick<SignatureChecks, "recoverSecp256k1">): KeyRecord {
  const record = parseWith(keyRecordSchema, input, "ceremony.malformed");
  if (hash(toWire(record)) !== hash(input))
    throw new InvalidValue("ceremony.malformed", "the record is not in its one spelling", "key.account");
  const { key, token, operators, ceremony, challenge } = record;
  if (operators[0] === operators[1])
    throw unsound("operators", `${operators[0]} is named twice; two different people hold a ceremony`);
  if (fromPublicKey(key.publicKey) !== key.account)
    throw unsound("key.account", "the account is not that of the public key");
  if ((ceremony === "backup" || ceremony === "restore") !== (record.wrapped !== undefined))
    throw unsound("wrapped", "a backup and a restore say what was wrapped, and nothing else does");
  // Of a key that was only found, or came from elsewhere, the record says what there is.
  const [weakness] = ceremony === "keygen" ? weaknesses(record) : [];
  if (weakness !== undefined)
    throw unsound("selfReported", `${weakness}, and a key that was made in a ceremony is as strict as a key can be`);
  const text = challengeText({
    ceremony,
    label: key.label,
    account: key.account,
    serial: token.serial,
    nonce: challenge.nonce,
  });
  if (checks.recoverSecp256k1(toBytes(sha256(utf8(text))), toBytes(challenge.signature)) !== key.account)
    throw unsound("challenge.signature", "the key did not sign its challenge");
  return record;
}

function unsound(field: string, why: string): InvalidValue {
  return new InvalidValue("ceremony.unsound", `${field}: ${why}`, field);
}
