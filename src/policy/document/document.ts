/** The policy document as officers sign it: what its text may say, field by field, and nothing else. */
import { z } from "zod";
import { registriesSchema } from "../../evidence/registries.ts";
import { operationSchema } from "../../intent/operation.ts";
import { maxLegs, minLegs } from "../../statement/message.ts";
import { InvalidValue } from "../../values/errors.ts";
import { canonical } from "../../values/json.ts";
import {
  addressSchema,
  bytes32Schema,
  chainIdSchema,
  countrySchema,
  countSchema,
  documentHashSchema,
  durationSchema,
  instantSchema,
  lineSchema,
  nameSchema,
} from "../../values/schema.ts";
import { claimSchemas } from "./claim-schema.ts";
import { conditionSchema, quantitySchema, ruleConditionSchema } from "./condition-schema.ts";
import { readPlainly } from "./plain-issue.ts";
import {
  additionSchema,
  changeSchema,
  credentialKindsSchema,
  distinctSchema,
  groupMinSchema,
  quorumSchema,
  vetoSchema,
} from "./requirement.ts";
import { testSchema } from "./test-schema.ts";

/** A decimal number such as `1.00` or `0.01`. */
const decimalSchema = z.string().max(60).describe('a decimal number in quotes, such as `"1.00"`');

const contract = {
  chain: chainIdSchema,
  address: addressSchema,
  decimals: z.int().min(0).max(77),
  codehash: bytes32Schema,
};

/** Which role the account must hold for an operation, as observers see it; an operation without one is not asked about. */
function rolesOf<T extends z.ZodType<string>>(role: T) {
  return z.partialRecord(operationSchema, role).optional();
}

/** As the contract names them; the role's number is the Keccak-256 of the name, and 0 for the administrator (OpenZeppelin AccessControl). */
const namedRoles = rolesOf(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, "not the name of a role, such as `MINTER_ROLE`"));

/** A profile: one contract, the standard it follows, and everything around it that its safety rests on. */
const tokenSchema = z.discriminatedUnion("standard", [
  z.strictObject({
    ...contract,
    standard: z.literal("role-erc20"),
    implementation: addressSchema.optional(),
    roles: namedRoles,
  }),
  z.strictObject({
    ...contract,
    standard: z.literal("erc7943"),
    implementation: addressSchema.optional(),
    roles: namedRoles,
  }),
  z.strictObject({
    ...contract,
    standard: z.literal("fiat-token"),
    implementation: addressSchema.optional(),
    roles: rolesOf(z.enum(["minter", "pauser", "blacklister"])),
  }),
  z.strictObject({
    ...contract,
    standard: z.literal("backed-token"),
    implementation: addressSchema.optional(),
    /** The list that it asks who is stopped. */
    sanctions: addressSchema,
    /** How it may be raised: by which share of itself at once, how far ahead, and how long after its time. */
    multiplier: z.strictObject({ rise: decimalSchema, ahead: durationSchema, late: durationSchema }),
    roles: rolesOf(z.enum(["minter", "burner", "pauser", "multiplierUpdater"])),
  }),
  z.strictObject({
    ...contract,
    standard: z.literal("erc3643"),
    implementation: addressSchema,
    registries: registriesSchema,
    identityCode: bytes32Schema,
    /** Whose signature makes a claim of each issuer; a claim of another is not asked for here. */
    claimSigners: z
      .array(z.strictObject({ issuer: addressSchema, signers: z.array(addressSchema).min(1).max(20) }))
      .min(1)
      .max(50)
      .optional(),
    /** An agent of the token, or of its registry of identities. */
    roles: rolesOf(z.enum(["agent", "registrar"])),
  }),
]);

/** A contract with the words of Chainlink's AggregatorV3 on the token's chain, as observers must see it for its figure to count. */
const feedSchema = z.strictObject({
  chain: chainIdSchema,
  address: addressSchema,
  codehash: bytes32Schema,
  implementation: addressSchema.optional(),
  aggregator: addressSchema.optional(),
  decimals: z.int().min(0).max(76),
  description: lineSchema,
  heartbeat: durationSchema,
  grace: durationSchema.optional(),
  /** A figure lies between them, and at neither. */
  min: decimalSchema,
  max: decimalSchema,
});

const listSchema = z.strictObject({
  minAge: durationSchema.optional(),
  entries: z.array(z.strictObject({ address: addressSchema, label: lineSchema })).max(2_000),
});

/** The second leg of redemptions: where what backs the tokens may go, and who says that it came there. */
const redemptionSchema = z.strictObject({
  destinations: z
    .array(z.strictObject({ id: nameSchema, label: lineSchema }))
    .min(1)
    .max(2_000),
  delivery: z.strictObject({
    by: z.strictObject({ group: nameSchema, min: groupMinSchema }),
    /** Of the release; somebody has to look afterwards. */
    within: durationSchema,
  }),
});

const countryListSchema = z.array(countrySchema).min(1).max(249);

/** Where those may be from who get tokens or are registered: a closed list, or anywhere else. */
const countriesSchema = z.union([
  z.strictObject({ only: countryListSchema }),
  z.strictObject({ never: countryListSchema }),
]);

const groupSchema = z.strictObject({ min: groupMinSchema, credentials: credentialKindsSchema.optional() });

const bySchema = z.strictObject({ group: nameSchema, min: groupMinSchema });
const feedsSchema = z.array(nameSchema).min(1).max(10).optional();

const priced = {
  by: bySchema.optional(),
  /** What the price is in; `USD` when left out. */
  quote: nameSchema.optional(),
  maxAge: durationSchema,
  sources: groupMinSchema,
  deviation: decimalSchema,
};

const coverSchema = z.strictObject({
  ratio: decimalSchema,
  warn: z.strictObject({ ratio: decimalSchema, add: additionSchema }).optional(),
  price: z.strictObject({ ...priced, par: decimalSchema }).optional(),
});

/** Evidence that somebody must have signed; `by` is one of the attestors unless it says otherwise. */
const requireSchema = z.discriminatedUnion("evidence", [
  z.strictObject({
    evidence: z.literal("reserve"),
    by: bySchema,
    maxAge: durationSchema,
    /** Without it they must have attested lately, whatever they said. */
    cover: coverSchema.optional(),
    /** Each attestation lists its lots, and a lot stands behind one asset at most. */
    lots: z.literal(true).optional(),
    /** Feeds that each must count too; the least of all that is said is what there is. */
    feeds: feedsSchema,
  }),
  z.strictObject({ evidence: z.literal("price"), ...priced }),
  z.strictObject({ evidence: z.literal("identity"), by: bySchema.optional(), maxAge: durationSchema.optional() }),
  z.strictObject({ evidence: z.literal("document"), by: bySchema.optional(), maxAge: durationSchema.optional() }),
]);

/** Applies when `when` holds and `unless` does not: then it denies, adds, or requires. */
const guardSchema = z
  .strictObject({
    id: nameSchema,
    when: conditionSchema.optional(),
    unless: conditionSchema.optional(),
    deny: z.literal(true).optional(),
    add: additionSchema.optional(),
    require: requireSchema.optional(),
  })
  .refine(
    ({ deny, add, require }) => [deny, add, require].filter((part) => part !== undefined).length === 1,
    "a guard has one of `deny: true`, `add` and `require`",
  )
  .refine(
    ({ deny, when, unless }) => deny === undefined || when !== undefined || unless !== undefined,
    "`deny: true` comes with `when` or `unless`",
  );

const limitSchema = z.strictObject({
  id: nameSchema,
  when: conditionSchema.optional(),
  /** What is added up: amounts, requests, or mints less final burns. */
  metric: z.enum(["sum", "count", "net"]),
  /** `rolling 24h`, or `calendar day`, `week`, `month`, `year` of the time zone. */
  window: z.string().max(40).describe("a window such as `rolling 24h` or `calendar month`"),
  per: z.enum(["asset", "initiator", "to", "account"]),
  /** An amount; of a count, a number. */
  max: z.union([quantitySchema, z.int().min(1).max(1_000_000)]),
  over: z.union([z.literal("deny"), z.strictObject({ add: additionSchema })]),
});

const tierSchema = z.strictObject({
  /** Inclusive; `max` is everything that fits in 256 bits. */
  upTo: quantitySchema,
  quorum: quorumSchema,
  distinct: distinctSchema.optional(),
  delay: durationSchema.optional(),
  veto: vetoSchema.optional(),
  sign: nameSchema,
});

/** What one BatchApproval may cover at most; the tier is that of the total. */
const batchSchema = z.strictObject({ max: z.int().min(minLegs).max(maxLegs), total: quantitySchema });

const ruleSchema = z.strictObject({
  id: nameSchema,
  when: ruleConditionSchema,
  /** Everybody is told; only for what stops things. */
  loud: z.literal(true).optional(),
  tiers: z.array(tierSchema).min(1).max(20),
  batch: batchSchema.optional(),
});

const dateSchema = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, "not a date such as `2026-12-25`");

/** What the time zone was known to be when the policy was written, so that nobody asks a time-zone database later. */
const calendarSchema = z.strictObject({
  until: instantSchema,
  /** Ascending: from this instant on, local time is UTC plus so many seconds. */
  offsets: z
    .array(z.strictObject({ from: instantSchema, seconds: z.int().min(-86_400).max(86_400) }))
    .min(1)
    .max(400),
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
  calendar: calendarSchema.optional(),
  holidays: z.record(nameSchema, z.array(dateSchema).min(1).max(1_000)).optional(),
  token: tokenSchema,
  feeds: z.record(nameSchema, feedSchema).optional(),
  lists: z.record(nameSchema, listSchema).optional(),
  countries: countriesSchema.optional(),
  redemption: redemptionSchema.optional(),
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
  ...claimSchemas,
});

export type PolicyDocument = z.output<typeof policySchema>;

/**
 * Reads a document that is signed by its hash, so only the canonical spelling is taken: what is read hashes as what was given
 * (addresses in lower case). Unknown keys are refused, never ignored.
 */
export function readPolicyDocument(json: unknown): PolicyDocument {
  const document = normalPolicyDocument(json);
  if (canonical(document) !== canonical(json)) {
    throw new InvalidValue(
      "policy.not-canonical",
      "the document is not in its canonical form: addresses are in lower case",
    );
  }
  return document;
}

/** Reads what people write and brings addresses to lower case; the hash of the result names the document. */
export function normalPolicyDocument(json: unknown): PolicyDocument {
  const reading = readPlainly(policySchema, json);
  if (reading.kind === "read") return reading.value;
  const [{ field, message }] = reading.issues;
  throw new InvalidValue("policy.malformed", field === "" ? message : `${field}: ${message}`, field);
}
