/** Everything a decision may know besides the documents; each fact has somebody who vouches for it, and an absent one is never a yes. */
import { z } from "zod";
import { operationSchema } from "../intent/operation.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  instantSchema,
  nameSchema,
} from "../values/schema.ts";

/** An approval already verified and bound to this very request, policy and roster. Vouched for by the approver's signature. */
export const voteSchema = z.strictObject({
  person: nameSchema,
  credential: nameSchema,
  credentialKind: z.enum(["wallet", "key", "passkey"]),
  approvalId: bytes32Schema,
  statement: bytes32Schema,
  expiresAt: instantSchema,
  /** Index of its leaf: the order in which the gate stored votes. Absent before orders were known. */
  position: countSchema.optional(),
});

/**
 * The approvals of one batch in which the request's leaf stands, each already verified and bound to policy and roster; the numbers are
 * those that every one of them signed. Vouched for by the approvers' signatures, and by the gate that admitted every leg before.
 */
export const batchSchema = z.strictObject({
  merkleRoot: bytes32Schema,
  count: countSchema,
  total: amountSchema,
  largest: amountSchema,
  /** When the gate first stored the list of its requests: before that nobody could object to them together. */
  firstSeen: instantSchema,
  /** `approvalId` is the batchId. */
  votes: z.array(voteSchema),
});

/** An objection to this request within its wait. Vouched for by the person's signature. */
export const vetoFactSchema = z.strictObject({ person: nameSchema, statement: bytes32Schema, at: instantSchema });

/** A sum of base units or wei; unlike an amount it may be more than 256 bits hold. */
const sumSchema = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,99})$/, "not a sum in decimal digits")
  .transform(BigInt);

/** What counts in one limit or ceiling at this moment. Vouched for by the gate's journal. */
export const usageSchema = z.strictObject({
  /** Of what was allocated in the window and still counts. */
  added: sumSchema,
  /** Of burns that became final in the window; only `net` takes it off. */
  removed: sumSchema,
  /** How many allocations count. */
  count: countSchema,
  /** When what is asked fits if nothing else is allocated; null when it fits now, or never will. */
  roomAt: instantSchema.nullable(),
});

/** The latest word of one attestor from one source about one subject. Vouched for by the attestor's signature. */
export const attestedSchema = z.strictObject({
  attestor: nameSchema,
  /** `GLD/USD` of a price, `address:0x…` of an identity, `reference:…` of a document. */
  subject: z.string(),
  value: z.string(),
  source: z.string(),
  asOf: instantSchema,
  expiresAt: instantSchema,
  statement: bytes32Schema,
});

/** The number of a feed's round, or of a change of a multiplier. */
const roundSchema = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,77})$/, "not the number of a round")
  .transform(BigInt);

/** An allocation that still counts in limits. Vouched for by the gate's journal. */
export const spendSchema = z.strictObject({
  requestId: bytes32Schema,
  asset: nameSchema,
  operation: operationSchema,
  initiator: nameSchema,
  account: addressSchema,
  to: addressSchema,
  amount: amountSchema,
  feeCeilingWei: amountSchema,
  at: instantSchema,
});

/** The latest attestation of one attestor. Vouched for by the attestor's signature. */
export const reserveSchema = z.strictObject({
  attestor: nameSchema,
  reserves: amountSchema,
  supply: amountSchema,
  supplyBlock: countSchema,
  asOf: instantSchema,
  expiresAt: instantSchema,
  sequence: countSchema,
  statement: bytes32Schema,
});

/** A value on which enough observers agree, at one block. Vouched for by the observers' signatures. */
export const observedSchema = z.strictObject({
  subject: z.string(),
  fact: z.string(),
  value: z.string(),
  blockNumber: countSchema,
  blockTime: instantSchema,
  finalized: z.boolean(),
  statements: z.array(bytes32Schema),
});

/** The document of a yield, as far as a decision on one part of it knows it. Vouched for by its hash, which the request binds. */
export const distributionSchema = z.strictObject({
  hash: bytes32Schema,
  asset: nameSchema,
  chainId: chainIdSchema,
  token: addressSchema,
  recordBlock: countSchema,
  recordHash: bytes32Schema,
  pool: amountSchema,
  escrow: addressSchema,
  treasury: addressSchema,
  /** SHA-256 of its list of holders, as observers say it. */
  holders: bytes32Schema,
  /** What the recipient of this request gets by it; 0 for somebody whom it gives nothing. */
  entitlement: amountSchema,
  /** The submission that brought it. */
  statement: bytes32Schema,
});

export const factsSchema = z.strictObject({
  /** The gate's time. */
  now: instantSchema,
  /** When the gate first stored the submission. */
  firstSeen: instantSchema,
  votes: z.array(voteSchema),
  /** Batches that the request stands in and that somebody approved. */
  batches: z.array(batchSchema).optional(),
  /** People of the tier's veto group who object. */
  vetoes: z.array(vetoFactSchema).optional(),
  /** Of this asset and of this account, within the longest window any limit or ceiling has; how decisions of 0.1.0 knew what counts. */
  spends: z.array(spendSchema).optional(),
  /** By the id of the clause, such as `limit.mint-day` and `ceiling.fees`; when it is there, `spends` is not read. */
  usage: z.record(z.string(), usageSchema).optional(),
  reserves: z.array(reserveSchema),
  prices: z.array(attestedSchema).optional(),
  identities: z.array(attestedSchema).optional(),
  documents: z.array(attestedSchema).optional(),
  /** Agreed facts by `subject fact`, such as `token:0x… supply`; see evidence/subject.ts. */
  observed: z.record(z.string(), observedSchema),
  /** By subject of a feed the highest round that the gate knows of it, of a token the last change of its multiplier; 0 for none. Vouched for by the gate's journal. */
  rounds: z.record(z.string(), roundSchema).optional(),
  /** Mints allocated whose effect is not in the observed supply yet, in base units. */
  outstanding: amountSchema,
  /** Of a part of a distribution, once its document is known. */
  distribution: distributionSchema.optional(),
  /** Whose signature the claim of the request bears; absent of every other request, and where it is nobody's. Everybody finds it out again. */
  claimSigner: addressSchema.optional(),
  /** Since when the gate has known each entry, by `list address`. */
  listedSince: z.record(z.string(), instantSchema),
});

export type Facts = z.output<typeof factsSchema>;
export type Vote = z.output<typeof voteSchema>;
export type BatchFact = z.output<typeof batchSchema>;
export type Spend = z.output<typeof spendSchema>;
export type ReserveFact = z.output<typeof reserveSchema>;
export type Observed = z.output<typeof observedSchema>;
export type VetoFact = z.output<typeof vetoFactSchema>;
export type Usage = z.output<typeof usageSchema>;
export type DistributionFact = z.output<typeof distributionSchema>;
export type Attested = z.output<typeof attestedSchema>;
