/** Examples that stand in a policy, so that officers sign what they expect of it. */
import { z } from "zod";
import { maxLegs, minLegs } from "../../statement/message.ts";
import {
  addressSchema,
  countrySchema,
  durationSchema,
  jsonSchema,
  lineSchema,
  nameSchema,
} from "../../values/schema.ts";
import { policyOperationSchema, quantitySchema } from "./condition-schema.ts";

/** Who votes; with which credential when not with the first that fits. In the order in which they vote. */
const voteSchema = z.union([nameSchema, z.strictObject({ by: nameSchema, with: nameSchema })]);

/** What the world is like; what is left out is as it should be: observed, attested with plenty, and nothing used. */
const givenSchema = z.strictObject({
  /** By the id of a limit, or `day`, `share`, `fees` of the ceilings. */
  used: z.record(nameSchema, z.union([quantitySchema, z.int().min(0)])).optional(),
  reserves: quantitySchema.optional(),
  supply: quantitySchema.optional(),
  price: z.array(z.string().max(60)).max(20).optional(),
  identity: z.enum(["verified", "revoked"]).optional(),
  /** Of the recipient, as the registry has it; `none` for somebody it does not know. */
  country: z.union([countrySchema, z.literal("none")]).optional(),
  paused: z.boolean().optional(),
  /** How old every attestation is. */
  age: durationSchema.optional(),
  /** Facts that nobody vouches for. */
  missing: z
    .array(
      z.enum([
        "codehash",
        "supply",
        "paused",
        "reserve",
        "feed",
        "price",
        "identity",
        "document",
        "used",
        "calendar",
        "listed",
      ]),
    )
    .max(11)
    .optional(),
});

export const testSchema = z.strictObject({
  name: lineSchema,
  /** ISO 8601 with its offset, such as `2026-10-05T10:00:00+02:00`. */
  at: z.iso.datetime({ offset: true, precision: 0 }).optional(),
  request: z.strictObject({
    operation: policyOperationSchema,
    by: nameSchema,
    amount: quantitySchema.optional(),
    to: addressSchema.optional(),
    maxFee: quantitySchema.optional(),
    /** The managed key; that of the tier when left out. */
    account: nameSchema.optional(),
    reference: lineSchema.optional(),
    /** Of a registration; one that the policy permits when left out. */
    country: countrySchema.optional(),
    /** Of a redemption; the first of the policy when left out. */
    destination: nameSchema.optional(),
    typedData: jsonSchema.optional(),
  }),
  votes: z.array(voteSchema).max(50).optional(),
  /** What the votes are for, when they are not for this request alone: so many requests, this one among them, and so much together. */
  batch: z.strictObject({ count: z.int().min(minLegs).max(maxLegs), total: quantitySchema }).optional(),
  vetoes: z.array(nameSchema).max(50).optional(),
  /** Since the gate first stored the request; no time at all when left out. */
  waited: durationSchema.optional(),
  given: givenSchema.optional(),
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

export type WrittenTest = z.output<typeof testSchema>;
