/** The policy document as officers sign it: what its text may say, field by field, and nothing else. */
import { z } from "zod";
import { operationSchema } from "../intent/operation.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import {
  addressSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  documentHashSchema,
  durationSchema,
  lineSchema,
  nameSchema,
} from "../values/schema.ts";
import { changeSchema, quorumSchema } from "./requirement.ts";
import { readPlainly } from "./plain-issue.ts";
import { parseYaml } from "./yaml-text.ts";

/** `100 GLD` or `0.05 ETH`; the compiler reads it in the unit that its place asks for. */
const quantitySchema = z.string().max(160).describe("an amount with its unit, such as `100 GLD` or `0.05 ETH`");
const groupMinSchema = z.int().min(1).max(50);
const operationFilterSchema = z.union([
  operationSchema,
  z.strictObject({ in: z.array(operationSchema).min(1).max(20) }),
]);
const whenSchema = z.strictObject({ operation: operationFilterSchema });

const tokenSchema = z.strictObject({
  chain: chainIdSchema,
  address: addressSchema,
  decimals: z.int().min(0).max(77),
  standard: z.literal("role-erc20"),
  codehash: bytes32Schema,
  implementation: addressSchema.optional(),
});

const listSchema = z.strictObject({
  minAge: durationSchema.optional(),
  entries: z.array(z.strictObject({ address: addressSchema, label: lineSchema })).max(2_000),
});

const groupSchema = z.strictObject({
  min: groupMinSchema,
  credentials: z
    .array(z.enum(["wallet", "key", "passkey"]))
    .min(1)
    .max(3)
    .optional(),
});

/** Evidence that must be there, or a bound beyond which everything is denied. */
const guardSchema = z
  .strictObject({
    id: nameSchema,
    when: whenSchema.optional(),
    require: z
      .strictObject({
        evidence: z.literal("reserve"),
        by: z.strictObject({ group: nameSchema, min: groupMinSchema }),
        maxAge: durationSchema,
        cover: z.strictObject({ ratio: z.string().max(60).describe('a ratio in quotes, such as `"1.00"`') }),
      })
      .optional(),
    unless: z.strictObject({ maxFee: z.strictObject({ lte: quantitySchema }) }).optional(),
    deny: z.literal(true).optional(),
  })
  .refine(
    (guard) => (guard.require === undefined) !== (guard.unless === undefined),
    "a guard has `require` or `unless`",
  )
  .refine((guard) => (guard.unless === undefined) === (guard.deny === undefined), "`unless` comes with `deny: true`");

const limitSchema = z.strictObject({
  id: nameSchema,
  when: whenSchema.optional(),
  metric: z.literal("sum"),
  /** `rolling 24h`. */
  window: z.string().max(40).describe("a window such as `rolling 24h`"),
  per: z.enum(["asset", "initiator", "to", "account"]),
  max: quantitySchema,
  over: z.literal("deny"),
});

const tierSchema = z.strictObject({
  /** Inclusive; `max` is everything that fits in 256 bits. */
  upTo: quantitySchema,
  quorum: quorumSchema,
  delay: durationSchema.optional(),
  sign: nameSchema,
});

const ruleSchema = z.strictObject({
  id: nameSchema,
  when: z.strictObject({
    operation: operationFilterSchema,
    initiator: z.strictObject({ group: nameSchema }),
    to: z.strictObject({ in: nameSchema }).optional(),
  }),
  tiers: z.array(tierSchema).min(1).max(20),
});

/** Kept with the policy so that officers sign the examples too. */
const testSchema = z.strictObject({
  name: lineSchema,
  request: z.strictObject({
    operation: operationSchema,
    by: nameSchema,
    amount: quantitySchema.optional(),
    to: addressSchema.optional(),
    maxFee: quantitySchema.optional(),
  }),
  votes: z.array(nameSchema).max(50).optional(),
  expect: z
    .strictObject({
      /** A rule's id. */
      allow: z.string().max(140).optional(),
      /** A clause's id. */
      pending: z.string().max(140).optional(),
      /** A clause's id. */
      deny: z.string().max(140).optional(),
    })
    .refine((expect) => Object.keys(expect).length === 1, "one of `allow`, `pending`, `deny`"),
});

export const policySchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Policy"),
  asset: nameSchema,
  version: countSchema.min(1),
  previous: documentHashSchema.nullable(),
  timezone: z
    .string()
    .regex(/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2}$/, "not a time zone such as `Europe/Zurich`")
    .max(60)
    .optional(),
  token: tokenSchema,
  lists: z.record(nameSchema, listSchema).optional(),
  groups: z.record(nameSchema, groupSchema),
  separation: z
    .array(z.tuple([nameSchema, nameSchema]))
    .max(50)
    .optional(),
  guards: z.array(guardSchema).max(100).optional(),
  limits: z.array(limitSchema).max(100).optional(),
  rules: z.array(ruleSchema).min(1).max(200),
  change: changeSchema,
  tests: z.array(testSchema).max(500).optional(),
});

export type PolicyDocument = z.output<typeof policySchema>;

/**
 * Reads a document that is signed by its hash, so only the canonical spelling is taken: what is read hashes as what was given
 * (addresses in lower case). Unknown keys are refused, never ignored.
 */
export function readPolicyDocument(json: unknown): PolicyDocument {
  const document = read(json);
  if (canonical(document) !== canonical(json)) {
    throw new InvalidValue(
      "policy.not-canonical",
      "the document is not in its canonical form: addresses are in lower case",
    );
  }
  return document;
}

/** Reads what people write and brings addresses to lower case; the hash of the result names the document. */
export function readPolicyYaml(text: string): PolicyDocument {
  return read(parseYaml(text));
}

function read(json: unknown): PolicyDocument {
  const reading = readPlainly(policySchema, json);
  if (reading.kind === "read") return reading.value;
  const [{ field, message }] = reading.issues;
  throw new InvalidValue("policy.malformed", field === "" ? message : `${field}: ${message}`, field);
}
