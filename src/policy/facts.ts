/** Everything a decision may know besides the documents; each fact has somebody who vouches for it, and an absent one is never a yes. */
import { z } from "zod";
import { operationSchema } from "../intent/operation.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
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
});

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

export const factsSchema = z.strictObject({
  /** The gate's time. */
  now: instantSchema,
  /** When the gate first stored the submission. */
  firstSeen: instantSchema,
  votes: z.array(voteSchema),
  /** Of this asset and of this account, within the longest window any limit or ceiling has. */
  spends: z.array(spendSchema),
  reserves: z.array(reserveSchema),
  /** Agreed facts by `subject fact`, such as `token:0x… supply`; see evidence/subject.ts. */
  observed: z.record(z.string(), observedSchema),
  /** Mints allocated whose effect is not in the observed supply yet, in base units. */
  outstanding: amountSchema,
  /** Since when the gate has known each entry, by `list address`. */
  listedSince: z.record(z.string(), instantSchema),
});

export type Facts = z.output<typeof factsSchema>;
export type Vote = z.output<typeof voteSchema>;
export type Spend = z.output<typeof spendSchema>;
export type ReserveFact = z.output<typeof reserveSchema>;
export type Observed = z.output<typeof observedSchema>;
