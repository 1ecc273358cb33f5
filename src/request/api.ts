/** The bodies and answers of the API as schemas: the routes read by them, the client reads by them, and the OpenAPI document is made of them. */
import { z } from "zod";
import { intentSchema } from "../intent/intent.ts";
import { decisionSchema } from "../policy/decision.ts";
import { envelopeSchema } from "../statement/envelope.ts";
import { bytes32Schema, countSchema, instantSchema, jsonSchema, nameSchema } from "../values/schema.ts";
import { assetViewSchema } from "./asset.ts";
import { judgedPolicySchema, policyReportSchema } from "./judged.ts";
import { redemptionSchema } from "./redemption.ts";
import { stateSchema } from "./state.ts";

/** Bodies are at most this long, unless they bring a policy, a roster, lots, a distribution or the requests of a batch. */
export const maxBodyBytes = 65_536;
/** Ten thousand requests with their hashes, or holders with their balances, fit in it. */
export const maxDocumentBodyBytes = 2_097_152;
export const maxPage = 500;

/** Two steps: `credential` says who is asking; `statement` is a `Session` statement over what the first step answered. */
export const sessionBodySchema = z
  .strictObject({ credential: nameSchema.optional(), statement: envelopeSchema.optional() })
  .refine(
    ({ credential, statement }) => (credential === undefined) !== (statement === undefined),
    "give `credential`, or the signed `statement`",
  );

/** `expiresAt` is the end of the session; the challenge itself is good for five minutes and one use. */
export const challengeSchema = z.strictObject({
  challenge: bytes32Schema,
  origin: z.string(),
  expiresAt: instantSchema,
});
export const sessionSchema = z.strictObject({
  token: z.string(),
  expiresAt: instantSchema,
  member: nameSchema,
  groups: z.array(nameSchema),
});

/**
 * `attachment` is the document a change binds (with its possessions), the freezeIds an unfreeze lifts, the lots behind reserves, the
 * distribution of which a submission asks for the first part, or the requests of a batch; the last two may be left out once the gate has them.
 */
export const statementBodySchema = z.strictObject({ statement: envelopeSchema, attachment: jsonSchema.optional() });

/** One intent, under the policy in force or under the draft `policy`; or a draft alone, of which the whole report is made. A draft that is text is YAML. */
export const simulationBodySchema = z
  .strictObject({ intent: intentSchema.optional(), initiator: nameSchema.optional(), policy: jsonSchema.optional() })
  .refine(
    ({ intent, initiator, policy }) =>
      (intent === undefined) === (initiator === undefined) && (intent !== undefined || policy !== undefined),
    "give `intent` and `initiator`, with a `policy` to try it under, or a `policy` alone",
  );
export const decidedSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("decided"), decision: decisionSchema }),
  z.strictObject({ kind: z.literal("refused"), code: z.string(), message: z.string() }),
]);
export const reportedSchema = z.strictObject({ kind: z.literal("reported"), report: policyReportSchema });
export const simulationSchema = z.union([decidedSchema, reportedSchema]);

/** The text of a policy that is being written, up to the cursor. */
export const completionBodySchema = z.strictObject({ policy: z.string() });
export const completionSchema = z.strictObject({
  /** How many characters before the cursor each offer takes the place of. */
  typed: countSchema,
  offers: z.array(z.strictObject({ text: z.string(), words: z.string() })),
});

export const requestViewSchema = z.strictObject({
  requestId: bytes32Schema,
  state: z.string(),
  waitsFor: z.string(),
  initiator: nameSchema,
  /** The message of the `Submission` statement. */
  submission: jsonSchema,
  words: z.string(),
  /** The hash of the document of which it is a part; null for everything but a part of a distribution. */
  distribution: bytes32Schema.nullable(),
  /** `batch` is the root of the batch that the word is about, when it is about more than this request. */
  votes: z.array(
    z.strictObject({
      person: nameSchema,
      decision: z.string(),
      reason: z.string(),
      at: instantSchema,
      batch: bytes32Schema.optional(),
    }),
  ),
  nonce: countSchema.nullable(),
  txHash: bytes32Schema.nullable(),
  blockNumber: countSchema.nullable(),
  /** Of a request that ended with its nonce taken: what closes the nonce, and the filler once there is one. */
  closing: z.strictObject({ why: z.string(), txHash: bytes32Schema.nullable(), closed: z.boolean() }).nullable(),
  /** Of a redemption that names a destination, once its burn is final: the second leg, with the instruction that the gate signed. */
  redemption: redemptionSchema.nullable(),
  /** Why somebody has to look at it. */
  alarm: z.string().nullable(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  events: z.array(z.strictObject({ at: instantSchema, event: z.string(), detail: z.string() })),
  /** Of one request alone: the submission, the approvals and the vetoes as they were signed, and what was signed of batches with it. */
  signed: z.array(envelopeSchema).optional(),
  /** Of one request alone: where it stands in each batch, and the proof (RFC 6962) that it does. */
  batches: z
    .array(z.strictObject({ merkleRoot: bytes32Schema, index: countSchema, proof: z.array(bytes32Schema) }))
    .optional(),
});
/** `next` goes into `after` for the page that follows; null on the last one. */
export const requestPageSchema = z.strictObject({
  requests: z.array(requestViewSchema),
  next: bytes32Schema.nullable(),
});

export const policyViewSchema = z.strictObject({
  asset: nameSchema,
  hash: bytes32Schema,
  version: countSchema,
  document: jsonSchema,
});
/** Each with its words, and what analysis, tests and claims say of it for the roster in force. */
export const policiesSchema = z.strictObject({ policies: z.array(judgedPolicySchema) });
export const rosterViewSchema = z.strictObject({ hash: bytes32Schema, version: countSchema, document: jsonSchema });
export const changesSchema = z.strictObject({ changes: z.array(jsonSchema) });
export const assetsSchema = z.strictObject({ assets: z.array(assetViewSchema) });
export const keysSchema = z.strictObject({ keys: z.array(jsonSchema) });
export const wantedSchema = z.strictObject({
  wanted: z.array(z.strictObject({ chainId: z.int(), subject: z.string(), fact: z.string() })),
});
export const happeningSchema = z.strictObject({ id: z.int(), requestId: bytes32Schema, state: z.string() });
export const readinessSchema = z.strictObject({ ready: z.boolean(), why: z.string(), details: jsonSchema });
export const aliveSchema = z.strictObject({ alive: z.literal(true) });

/** RFC 9457, with the stable code and the field it is about. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  field: z.string(),
});

/** A number in a query is decimal text without sign, leading zero or exponent. */
const queryCount = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,14})$/, "not a whole number from 0")
  .transform(Number);
const pageSize = queryCount.refine((limit) => limit >= 1 && limit <= maxPage, `a page has 1 to ${maxPage} entries`);

export const requestIdPathSchema = z.strictObject({ requestId: bytes32Schema });
export const documentPathSchema = z.strictObject({ documentHash: bytes32Schema });
export const assetPathSchema = z.strictObject({ asset: nameSchema });
export const emptySchema = z.strictObject({});
export const requestsQuerySchema = z.strictObject({
  state: stateSchema.optional(),
  asset: nameSchema.optional(),
  initiator: nameSchema.optional(),
  /** Root of a batch: the requests that stand in it. */
  batch: bytes32Schema.optional(),
  /** Parts of one distribution, by the hash of its document. */
  distribution: bytes32Schema.optional(),
  after: bytes32Schema.optional(),
  limit: pageSize.optional(),
});
/** `unsigned` takes a bundle whose signature is not made yet, for those who look at it before it is. */
export const bundleQuerySchema = z.strictObject({ unsigned: z.literal("true").optional() });
export const entriesQuerySchema = z.strictObject({ from: queryCount.optional(), limit: pageSize.optional() });
/** Inclusion of a leaf in a tree (`index`, `size`), or consistency of two trees (`from`, `to`). */
export const proofsQuerySchema = z
  .strictObject({
    index: queryCount.optional(),
    size: queryCount.optional(),
    from: queryCount.optional(),
    to: queryCount.optional(),
  })
  .transform(({ index, size, from, to }, context) => {
    if (index !== undefined && size !== undefined && from === undefined && to === undefined) return { index, size };
    if (from !== undefined && to !== undefined && index === undefined && size === undefined) return { from, to };
    context.addIssue({ code: "custom", message: "give `index` and `size`, or `from` and `to`" });
    return z.NEVER;
  });

export type Challenge = z.output<typeof challengeSchema>;
export type Session = z.output<typeof sessionSchema>;
export type RequestPage = z.output<typeof requestPageSchema>;
export type RequestView = z.output<typeof requestViewSchema>;
export type PolicyView = z.output<typeof policyViewSchema>;
export type RosterView = z.output<typeof rosterViewSchema>;
export type Simulation = z.output<typeof decidedSchema>;
export type Happening = z.output<typeof happeningSchema>;
export type Readiness = z.output<typeof readinessSchema>;
export type Problem = z.output<typeof problemSchema>;
