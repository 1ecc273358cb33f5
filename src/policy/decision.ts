/** What the policy says of an intent, clause by clause; the explanation is the audit record. */
import { z } from "zod";
import { bytes32Schema, instantSchema, nameSchema } from "../values/schema.ts";
import { quorumSchema } from "./document/requirement.ts";

export const clauseSchema = z.strictObject({
  /** Path in the policy or genesis: `mint.to`, `guard.reserves-cover`, `limit.mint-day`, `ceiling.request`. */
  id: z.string(),
  kind: z.enum(["rule", "guard", "limit", "ceiling", "evidence", "wait", "quorum"]),
  ok: z.boolean(),
  /** A lack that time or people can cure leaves the request pending; another refuses it. */
  curable: z.boolean(),
  observed: z.string(),
  bound: z.string(),
});

export const seatSchema = z.strictObject({
  group: nameSchema,
  /** The person in the seat, or null while it is missing. */
  person: nameSchema.nullable(),
  credential: nameSchema.nullable(),
});

export const decisionSchema = z.strictObject({
  verdict: z.enum(["allowed", "pending", "refused"]),
  /** `policy.allowed`, or the code of the first failing clause such as `policy.no-rule`, `policy.limit-exceeded`. */
  code: z.string(),
  policyHash: bytes32Schema,
  rosterHash: bytes32Schema,
  intentHash: bytes32Schema,
  rule: z.string().nullable(),
  /** Everybody is told. */
  loud: z.literal(true).optional(),
  tier: z.int().nullable(),
  /** The batch that the request was judged in: the tier is that of its total, in words, and its approvals fill the seats. */
  batch: z.strictObject({ merkleRoot: bytes32Schema, count: z.int(), total: z.string() }).optional(),
  /** Managed key that the tier signs with. */
  key: nameSchema.nullable(),
  clauses: z.array(clauseSchema),
  requires: quorumSchema.nullable(),
  seats: z.array(seatSchema),
  /** `candidates` are the people of the group who have not signed for it yet. */
  missing: z.array(
    z.strictObject({ group: nameSchema, count: z.int().min(1), candidates: z.array(nameSchema).optional() }),
  ),
  /** Earliest instant at which all waits are over; null without a rule. */
  notBefore: instantSchema.nullable(),
  expiresAt: instantSchema,
  /** On a denial: the rules that came closest and their first failing clause. */
  nearest: z.array(z.strictObject({ rule: z.string(), clause: clauseSchema })),
});

export type Decision = z.output<typeof decisionSchema>;
export type Clause = z.output<typeof clauseSchema>;
export type Seat = z.output<typeof seatSchema>;
