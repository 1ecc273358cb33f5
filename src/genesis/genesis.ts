/** The pinned root of a deployment: first roster and policies, log key, chains, hard ceilings, and the rule of change. */
import { z } from "zod";
import { envelopeSchema } from "../statement/envelope.ts";
import { changeSchema } from "../policy/document/requirement.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { hash, type Json } from "../values/json.ts";
import {
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  documentHashSchema,
  durationSchema,
  hexSchema,
  jsonSchema,
  nameSchema,
} from "../values/schema.ts";

/** Base units as decimal text, kept as text because the document is hashed. */
const amountText = z
  .string()
  .refine((text) => amountSchema.safeParse(text).success, "not a whole decimal number of base units");
/** Parts of one as decimal text with at most six decimals: `0.5` is half of the supply. */
const share = z.string().regex(/^(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,6})?$/, "not a share such as `0.5`");

const chainSchema = z.strictObject({
  id: chainIdSchema,
  /** Observers sign at blocks divisible by this. */
  observeEvery: countSchema.min(1),
  /** How old the newest observed block may be when the gate signs. */
  freshness: durationSchema,
  finality: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("tag") }),
    z.strictObject({ kind: z.literal("depth"), blocks: countSchema.min(1) }),
  ]),
});

/** Absolute bounds no policy change can raise; amounts in base units. */
const assetCeilingSchema = z.strictObject({
  request: amountText,
  day: amountText,
  /** Largest mint in 24 hours as a share of the observed supply; not applied while the supply is 0. */
  shareOfSupply: share.optional(),
});
const keyCeilingSchema = z.strictObject({ feesPerDayWei: amountText });

export const genesisSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Genesis"),
  salt: bytes32Schema,
  roster: rosterSchema,
  policies: z
    .array(z.strictObject({ asset: nameSchema, hash: documentHashSchema }))
    .min(1)
    .max(200),
  log: z.strictObject({ publicKey: hexSchema }),
  witnesses: z.strictObject({
    min: countSchema,
    keys: z.array(z.strictObject({ name: z.string().min(1).max(100), publicKey: hexSchema })).max(20),
  }),
  chains: z.array(chainSchema).min(1).max(50),
  ceilings: z.strictObject({
    assets: z.record(nameSchema, assetCeilingSchema),
    otherAssets: assetCeilingSchema,
    keys: z.record(nameSchema, keyCeilingSchema),
    otherKeys: keyCeilingSchema,
  }),
  /** The longest life a statement may claim. */
  lifetimes: z.strictObject({
    submission: durationSchema,
    approval: durationSchema,
    attestation: durationSchema,
    observation: durationSchema,
  }),
  change: changeSchema,
  /** `required`: a roster adds a key in an HSM only after two operators signed the record of its ceremony. */
  keyCeremonies: z.literal("required").optional(),
});

export type Genesis = z.output<typeof genesisSchema>;
export type Chain = z.output<typeof chainSchema>;

/** What a deployment is founded with: the genesis, the policies it names, and a proof of possession of every credential. */
export const foundingFileSchema = z.strictObject({
  genesis: genesisSchema,
  policies: z.array(jsonSchema),
  possessions: z.array(envelopeSchema),
});

/** What `genesis.json` holds; `promotions` are the leaves by which later gates took over, for whoever has no log to read them in. */
export const genesisFileSchema = foundingFileSchema.extend({ promotions: z.array(jsonSchema).max(2_000).optional() });

export type FoundingFile = z.output<typeof foundingFileSchema>;
export type GenesisFile = z.output<typeof genesisFileSchema>;

/** SHA-256 of the canonical genesis: the name of the deployment. */
export function deploymentId(genesis: Genesis): Bytes32 {
  return hash(genesis);
}

/** A document hash as documents write it, `sha256:` and the digits. */
export function documentName(documentHash: Bytes32): string {
  return `sha256:${documentHash.slice(2)}`;
}

export function documentHash(document: Json | object): Bytes32 {
  return hash(document);
}
