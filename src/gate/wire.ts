/** The verbs of the gate's socket and their answers, as both ends check them; one JSON object a frame, at most 4 MiB. */
import { z } from "zod";
import { instructionSchema, receiptSchema } from "../log/entry.ts";
import { decisionSchema } from "../policy/decision.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import {
  amountSchema,
  bytes32Schema,
  countSchema,
  hexSchema,
  instantSchema,
  jsonSchema,
  nameSchema,
} from "../values/schema.ts";

export const maxFrameBytes = 4 * 1024 * 1024;
export const maxInFlight = 64;

/** Proposed by serve; the gate checks them against its floor, cap and the intent's ceiling. */
export const proposalSchema = z.strictObject({
  gasLimit: amountSchema,
  maxFeePerGas: amountSchema,
  maxPriorityFeePerGas: amountSchema,
});

const body = {
  admit: z.union([
    z.strictObject({ verb: z.literal("admit"), statement: envelopeSchema, attachment: jsonSchema.optional() }),
    z.strictObject({ verb: z.literal("admit"), checkpoint: z.string().max(8192) }),
  ]),
  sign: z.union([
    z.strictObject({
      verb: z.literal("sign"),
      requestId: bytes32Schema,
      fees: proposalSchema,
      /** Ask for a dearer transaction on the same nonce. */ replace: z.boolean().optional(),
      /** Ask for a filler on the nonce of a request that ended; with `replace`, for a dearer one. */
      fill: z.boolean().optional(),
    }),
    /** Ask for the instruction to release what backs the tokens that a redemption burned. */
    z.strictObject({ verb: z.literal("sign"), requestId: bytes32Schema, release: z.literal(true) }),
    /** Says what `sign` would answer, with zero writes. */
    z.strictObject({ verb: z.literal("sign"), dryRun: z.literal(true), requestId: bytes32Schema }),
    /** The same for an intent nobody signed yet: fields of a Submission without requestId and hashes. `policy` is a draft that is tried in place of the one in force. */
    z.strictObject({
      verb: z.literal("sign"),
      dryRun: z.literal(true),
      intent: jsonSchema,
      initiator: nameSchema,
      policy: jsonSchema.optional(),
    }),
  ]),
  entries: z.strictObject({ verb: z.literal("entries"), from: countSchema, limit: z.int().min(1).max(500) }),
  head: z.strictObject({ verb: z.literal("head") }),
  health: z.strictObject({ verb: z.literal("health") }),
};

export const gateRequestSchema = z.union([body.admit, body.sign, body.entries, body.head, body.health]);
export type GateRequest = z.output<typeof gateRequestSchema>;

export const admittedSchema = z.strictObject({ kind: z.literal("admitted"), receipt: receiptSchema });
/** A checkpoint of our log that enough witnesses cosigned; `afresh` when the leaf that the gate began with is in it. */
export const witnessedSchema = z.strictObject({
  kind: z.literal("witnessed"),
  size: countSchema,
  by: z.array(z.string()),
  afresh: z.boolean(),
});
export const signAnswerSchema = z.discriminatedUnion("kind", [
  /** `decision` is there when the policy was reached; its verdict `pending` means that time or people can cure it. */
  z.strictObject({
    kind: z.literal("refused"),
    code: z.string(),
    why: z.string(),
    decision: decisionSchema.optional(),
  }),
  /** `nonce` is null when the gate just started and no witness has spoken since: then it wants their word afresh. */
  z.strictObject({
    kind: z.literal("needs-cosignature"),
    checkpoint: z.string(),
    nonce: countSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal("signing"), on: z.string(), needs: z.string() }),
  z.strictObject({
    kind: z.literal("signed"),
    raw: hexSchema,
    txHash: bytes32Schema,
    nonce: countSchema,
    digest: bytes32Schema,
  }),
  z.strictObject({ kind: z.literal("released"), instruction: instructionSchema }),
  /** Answer of a dry run that would not be refused before the policy. */
  z.strictObject({ kind: z.literal("decided"), decision: decisionSchema }),
]);
export const entriesSchema = z.strictObject({
  kind: z.literal("entries"),
  size: countSchema,
  leaves: z.array(z.strictObject({ index: countSchema, leaf: z.string() })),
});
export const headSchema = z.strictObject({
  kind: z.literal("head"),
  size: countSchema,
  checkpoint: z.string(),
  instant: instantSchema,
  epoch: countSchema,
  /** The largest checkpoint that enough witnesses cosigned, with their lines. */
  witnessed: z.string().nullable(),
});
/** `signedMs` is the time that all its signatures took together, from the question to the answer. */
export const workSchema = z.strictObject({
  sessions: countSchema,
  queued: countSchema,
  inFlight: countSchema,
  signed: countSchema,
  signedMs: countSchema,
  restarts: countSchema,
});
export const healthSchema = z.strictObject({
  kind: z.literal("health"),
  engine: z.string(),
  deployment: bytes32Schema,
  instant: instantSchema,
  size: countSchema,
  /** `size` of the largest cosigned checkpoint; `confirmed` once the witnesses cosigned since the gate started, or when none has to. */
  witnessed: z.strictObject({ min: countSchema, size: countSchema.nullable(), confirmed: z.boolean() }),
  frozen: z.array(
    z.strictObject({
      freezeId: bytes32Schema,
      scope: z.string(),
      target: z.string(),
      reason: z.string(),
      by: nameSchema,
      at: instantSchema,
    }),
  ),
  backends: z.array(
    z.strictObject({
      name: nameSchema,
      keys: z.array(nameSchema),
      /** The keys whose next signature is asked here, where several places hold one key. */
      serves: z.array(nameSchema),
      ready: z.boolean(),
      why: z.string(),
      pid: z.int().nullable(),
      recovery: z.string(),
      /** It failed a signing a moment ago, and another place that holds its keys is asked instead. */
      rests: z.boolean(),
      /** Of a token, since the gate started; null for a device, which waits for people. */
      work: workSchema.nullable(),
    }),
  ),
  /** What is used of the windows that count a whole asset, or an account's fees: `of` names the asset or the key. */
  limits: z.array(z.strictObject({ clause: z.string(), of: nameSchema, usedMillionths: countSchema })),
  /** How many observers stand behind the newest agreed supply of an asset's token, and how many its policy asks for. */
  agreements: z.array(z.strictObject({ asset: nameSchema, observers: countSchema, min: countSchema })),
  /** The newest block time that each observer told of a chain. */
  observers: z.array(z.strictObject({ chainId: countSchema, observer: nameSchema, blockTime: instantSchema })),
});

/** `problem` is bad input or a refusal to admit, with a stable code; `busy` when 64 are in flight. */
export const problemSchema = z.strictObject({
  kind: z.literal("problem"),
  code: z.string(),
  message: z.string(),
  field: z.string(),
});

export type Witnessed = z.output<typeof witnessedSchema>;
export type Admitted = z.output<typeof admittedSchema>;
export type SignAnswer = z.output<typeof signAnswerSchema>;
export type Entries = z.output<typeof entriesSchema>;
export type Head = z.output<typeof headSchema>;
export type Health = z.output<typeof healthSchema>;
export type Work = z.output<typeof workSchema>;
export type Problem = z.output<typeof problemSchema>;
export type GateAnswer = Admitted | Witnessed | SignAnswer | Entries | Head | Health | Problem;

/** Frames: 4-byte big-endian length, then the JSON of `{ id, body }`; answers carry the same id, in any order. */
export const frameSchema = z.strictObject({ id: countSchema, body: z.unknown() });
