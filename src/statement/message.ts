/** The messages people and services sign, as EIP-712 fields and as schemas, from one table. */
import { z } from "zod";
import { operationSchema } from "../intent/operation.ts";
import { ceremonySchema, keyLabelSchema, tokenSerialSchema } from "../roster/key-record.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  instantSchema,
  lineSchema,
  nameSchema,
  publicKeySchema,
  referenceSchema,
} from "../values/schema.ts";

const decision = ["string", z.enum(["approve", "reject"])] as const;
const bytes32 = ["bytes32", bytes32Schema] as const;
const name = ["string", nameSchema] as const;
const line = ["string", lineSchema] as const;
const address = ["address", addressSchema] as const;
const uint256 = ["uint256", amountSchema] as const;
const chainId = ["uint256", chainIdSchema] as const;
const instant = ["uint64", instantSchema] as const;
const count = ["uint64", countSchema] as const;
const operation = ["string", operationSchema] as const;
const reference = ["string", referenceSchema] as const;
/** What every wallet can show and every encoder can encode: no control, invisible or unpaired surrogate characters. */
const printable = (maxLength: number): z.ZodString =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "control, invisible or broken characters");
/** Canonical words of an intent; longer than what people type. */
const words = ["string", printable(600)] as const;
const scope = ["string", z.enum(["deployment", "asset", "key"])] as const;
const changeClass = ["string", z.enum(["tighten", "loosen"])] as const;
/** What attestors say of prices, holders and documents; which subjects and values each kind has, evidence/attested.ts says. */
const attested = {
  subject: ["string", printable(200)],
  value: ["string", printable(100)],
  source: reference,
  asOf: instant,
  expiresAt: instant,
} as const;

/** Most requests that one word may cover: so many fit in one frame with their hashes. */
export const maxLegs = 10_000;
/** A batch of one would be a request whose recipient nobody is shown: whoever signs it signs an approval. */
export const minLegs = 2;

/** The requests that a BatchApproval is about, by id and by the hash of everything that each asks for; ascending, each once. */
export const legsSchema = z
  .array(z.strictObject({ requestId: bytes32Schema, intentHash: bytes32Schema }))
  .min(minLegs)
  .max(maxLegs);

/** Field order is the EIP-712 order; the exact type strings stand in docs/statements.md and never change under the same version. */
export const messages = {
  Submission: {
    requestId: bytes32,
    operation,
    asset: name,
    chainId,
    account: address,
    to: address,
    amount: uint256,
    amountText: words,
    details: words,
    reference,
    feeCeilingWei: uint256,
    notBefore: instant,
    expiresAt: instant,
    intentHash: bytes32,
  },
  Approval: {
    decision,
    requestId: bytes32,
    operation,
    asset: name,
    chainId,
    account: address,
    to: address,
    amount: uint256,
    amountText: words,
    details: words,
    feeCeilingWei: uint256,
    intentHash: bytes32,
    policyHash: bytes32,
    rosterHash: bytes32,
    reason: line,
    expiresAt: instant,
    approvalId: bytes32,
  },
  BatchApproval: {
    decision,
    operation,
    asset: name,
    chainId,
    count: ["uint64", countSchema.min(minLegs).max(maxLegs)] as const,
    total: uint256,
    totalText: words,
    largest: uint256,
    merkleRoot: bytes32,
    policyHash: bytes32,
    rosterHash: bytes32,
    expiresAt: instant,
    batchId: bytes32,
  },
  Cancellation: { requestId: bytes32, intentHash: bytes32, reason: line },
  Veto: { target: bytes32, intentHash: bytes32, reason: line },
  Freeze: { scope, target: words, reason: line, freezeId: bytes32 },
  Unfreeze: { freezesHash: bytes32, scope, target: words, expiresAt: instant },
  Resumption: { epoch: count, logSize: count, logRoot: bytes32, expiresAt: instant },
  /** `epoch` is the next one, `logKey` the Ed25519 public key that signs its log. */
  GatePromotion: { epoch: count, logSize: count, logRoot: bytes32, logKey: bytes32, expiresAt: instant },
  PolicyChange: { documentHash: bytes32, version: count, previous: bytes32, class: changeClass, reportHash: bytes32 },
  RosterChange: { documentHash: bytes32, version: count, previous: bytes32, class: changeClass, reportHash: bytes32 },
  Possession: { holder: name, credential: name, documentHash: bytes32 },
  Session: { origin: words, challenge: bytes32, expiresAt: instant },
  ReserveAttestation: {
    asset: name,
    chainId,
    token: address,
    unit: line,
    decimals: ["uint8", countSchema.max(77)] as const,
    reserves: uint256,
    supply: uint256,
    supplyBlock: count,
    asOf: instant,
    expiresAt: instant,
    reportHash: bytes32,
    sequence: count,
  },
  ChainObservation: {
    chainId,
    blockNumber: count,
    blockHash: bytes32,
    blockTime: instant,
    finalized: ["bool", z.boolean()] as const,
    subject: words,
    fact: words,
    value: ["string", printable(2_000)] as const,
    expiresAt: instant,
  },
  PriceAttestation: attested,
  IdentityAttestation: attested,
  DocumentAttestation: attested,
  Delivery: { requestId: bytes32, burn: bytes32, reference, asOf: instant },
  KeyCeremony: {
    ceremony: ["string", ceremonySchema],
    key: name,
    account: address,
    publicKey: ["string", publicKeySchema],
    label: ["string", keyLabelSchema],
    tokenSerial: ["string", tokenSerialSchema],
    madeAt: instant,
    recordHash: bytes32,
  },
} as const;

export type Kind = keyof typeof messages;
const kinds = [
  "Submission",
  "Approval",
  "Cancellation",
  "Veto",
  "Freeze",
  "Unfreeze",
  "PolicyChange",
  "RosterChange",
  "Possession",
  "Session",
  "ReserveAttestation",
  "ChainObservation",
  "PriceAttestation",
  "IdentityAttestation",
  "DocumentAttestation",
  "KeyCeremony",
  "Resumption",
  "GatePromotion",
  "Delivery",
  "BatchApproval",
] as const satisfies readonly Kind[];
export const kindSchema: z.ZodType<Kind, Kind> = z.enum(kinds);

type Fields<K extends Kind> = (typeof messages)[K];
/** The parsed message of a kind: amounts are BigInt, times are instants. */
export type Message<K extends Kind> = {
  readonly [F in keyof Fields<K>]: Fields<K>[F] extends readonly [string, infer S extends z.ZodType]
    ? z.output<S>
    : never;
};

export type Submission = Message<"Submission">;
export type Approval = Message<"Approval">;
export type BatchApproval = Message<"BatchApproval">;
export type ReserveAttestation = Message<"ReserveAttestation">;
export type ChainObservation = Message<"ChainObservation">;
