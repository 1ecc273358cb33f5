/** The leaves of the log: everything that was said, decided and signed, in order. */
import { z } from "zod";
import { foundingFileSchema } from "../genesis/genesis.ts";
import { decisionSchema } from "../policy/decision.ts";
import { factsSchema } from "../policy/facts.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import { legsSchema } from "../statement/message.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  hexSchema,
  instantSchema,
  jsonSchema,
  nameSchema,
} from "../values/schema.ts";

const stamp = { epoch: countSchema, instant: instantSchema };

/** A type 2 transaction before its signature (EIP-1559); the access list is empty. */
export const unsignedSchema = z.strictObject({
  chainId: chainIdSchema,
  nonce: countSchema,
  to: addressSchema,
  value: amountSchema,
  data: hexSchema,
  gasLimit: amountSchema,
  maxFeePerGas: amountSchema,
  maxPriorityFeePerGas: amountSchema,
});

/** What is released, against which burn, to where, and who has to say that it came there until when. */
const released = {
  requestId: bytes32Schema,
  /** The transaction that burned the tokens, final. */
  burn: bytes32Schema,
  asset: nameSchema,
  chainId: chainIdSchema,
  /** Base units, and for people. */
  amount: amountSchema,
  amountText: z.string(),
  destination: nameSchema,
  reference: z.string(),
  /** In which the destination stands. */
  policyHash: bytes32Schema,
  deliveredBy: z.strictObject({ group: nameSchema, min: countSchema }),
  deliverBefore: instantSchema,
};

export const entrySchema = z.discriminatedUnion("kind", [
  z.strictObject({ ...stamp, kind: z.literal("genesis"), file: foundingFileSchema }),
  /** A statement as admitted; `attachment` is the document a change binds, the freezeIds an unfreeze lifts, or the lots behind reserves. */
  z.strictObject({
    ...stamp,
    kind: z.literal("statement"),
    statement: envelopeSchema,
    attachment: jsonSchema.optional(),
  }),
  /** The requests of a batch, written once before the first word about it; `by` brought them, and the words name their root. */
  z.strictObject({ ...stamp, kind: z.literal("batch"), root: bytes32Schema, by: nameSchema, legs: legsSchema }),
  /** A proposed document came into force, by the statements named. */
  z.strictObject({
    ...stamp,
    kind: z.literal("activation"),
    document: bytes32Schema,
    statements: z.array(bytes32Schema),
  }),
  /** The write-ahead record: this request has this nonce, for ever, because of this decision on these facts. */
  z.strictObject({
    ...stamp,
    kind: z.literal("allocation"),
    engine: z.string(),
    requestId: bytes32Schema,
    submission: bytes32Schema,
    policyHash: bytes32Schema,
    rosterHash: bytes32Schema,
    chainId: chainIdSchema,
    account: addressSchema,
    nonce: countSchema,
    facts: factsSchema,
    decision: decisionSchema,
  }),
  /** The one-use right to sign one digest. */
  z.strictObject({
    ...stamp,
    kind: z.literal("permit"),
    requestId: bytes32Schema,
    key: nameSchema,
    transaction: unsignedSchema,
    digest: bytes32Schema,
  }),
  z.strictObject({
    ...stamp,
    kind: z.literal("signature"),
    requestId: bytes32Schema,
    digest: bytes32Schema,
    r: bytes32Schema,
    s: bytes32Schema,
    yParity: z.union([z.literal(0), z.literal(1)]),
    txHash: bytes32Schema,
  }),
  /** A transaction that does nothing, on the nonce of a request that ended with `code` before it did anything; `statements` ended it. */
  z.strictObject({
    ...stamp,
    kind: z.literal("filler"),
    requestId: bytes32Schema,
    key: nameSchema,
    transaction: unsignedSchema,
    digest: bytes32Schema,
    code: z.string(),
    why: z.string(),
    statements: z.array(bytes32Schema),
  }),
  /** A freeze that the gate itself puts on, with the statement that made it, if one did. */
  z.strictObject({
    ...stamp,
    kind: z.literal("freeze"),
    freezeId: bytes32Schema,
    scope: z.enum(["asset", "key"]),
    target: nameSchema,
    reason: z.string(),
    by: nameSchema,
    statement: envelopeSchema.optional(),
  }),
  /** From here on the journal is one that was rebuilt from so many leaves of the log; nothing is signed over it until people resume it. */
  z.strictObject({ ...stamp, kind: z.literal("restoration"), size: countSchema, root: bytes32Schema }),
  /** The first leaf of an epoch: the gate that was rebuilt from so many leaves goes on with the log, with a log key of its own, by the statements named. */
  z.strictObject({
    ...stamp,
    kind: z.literal("promotion"),
    size: countSchema,
    root: bytes32Schema,
    logKey: bytes32Schema,
    statements: z.array(bytes32Schema),
  }),
  /** The second leg of a redemption: written once for a burn, before anybody is told. */
  z.strictObject({ ...stamp, kind: z.literal("release"), ...released }),
  /**
   * One running of the gate, named at random, so that two that began on copies of one journal have no log in common from here on.
   * `renewed` is there to be cosigned while a permit waits; after `ended` the run asked no token any more.
   */
  z.strictObject({
    ...stamp,
    kind: z.literal("run"),
    run: bytes32Schema,
    phase: z.enum(["begun", "renewed", "ended"]),
  }),
  /** Enough observers saw what became of a transaction, in a finalized block; `closed` is that of a filler. */
  z.strictObject({
    ...stamp,
    kind: z.literal("outcome"),
    requestId: bytes32Schema,
    txHash: bytes32Schema,
    status: z.enum(["success", "reverted", "mismatch", "closed"]),
    blockNumber: countSchema,
    statements: z.array(bytes32Schema),
  }),
]);

export type Entry = z.output<typeof entrySchema>;
export type Unsigned = z.output<typeof unsignedSchema>;

/** The gate's signed answer to an admitted statement; a client says *delivered* only on this. `leafIndex` is null for an observation, which gets a leaf when it is used. */
export const receiptSchema = z.strictObject({
  statementHash: bytes32Schema,
  leafIndex: countSchema.nullable(),
  instant: instantSchema,
  epoch: countSchema,
  /** Ed25519 by the log key over `countersign-receipt/v1\n` and the canonical JSON of the other four fields plus `deployment`. */
  deployment: bytes32Schema,
  signature: hexSchema,
});

export type Receipt = z.output<typeof receiptSchema>;

/**
 * What whoever keeps the collateral is given: the leaf of a release, where it stands, and the log key's Ed25519 signature over
 * `countersign-release/v1\n` and the canonical JSON of the other fields. One burn has one; whoever sees two with one `burn` releases once.
 */
export const instructionSchema = z.strictObject({
  ...stamp,
  ...released,
  deployment: bytes32Schema,
  leafIndex: countSchema,
  signature: hexSchema,
});

export type Instruction = z.output<typeof instructionSchema>;
