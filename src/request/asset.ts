/** An asset as the API shows it: what is out, what stands behind it by whose word, how far that reaches, and what stops it. */
import { z } from "zod";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  instantSchema,
  nameSchema,
} from "../values/schema.ts";

/** `covered` is as it should be, `warning` asks for more people, `short` mints nothing, `unknown` lacks evidence and mints nothing. */
export const bandSchema = z.enum(["covered", "warning", "short", "unknown"]);

/** One word on the reserves; `ageSeconds` is reckoned to the view's own time. */
const wordSchema = z.strictObject({
  source: z.string(),
  reserves: amountSchema,
  asOf: instantSchema,
  ageSeconds: countSchema,
  expiresAt: instantSchema,
  standing: z.enum(["current", "old", "expired", "to come", "unsound"]),
});

/** A guard of the policy that wants reserves, as it stands now. Amounts are in base units. */
const coverSchema = z.strictObject({
  guard: nameSchema,
  by: z.strictObject({ group: nameSchema, min: countSchema }),
  maxAgeSeconds: countSchema,
  /** How much may be out for each unit of reserves, as the policy has it. */
  ratio: z.string(),
  /** Of the warning, where the policy has one. */
  warnRatio: z.string().nullable(),
  /** How reserves are reckoned into units of the asset, such as `× 0.985 USD ÷ 1.00`; empty one for one, null while no price is agreed. */
  worth: z.string().nullable(),
  /** The least that counts; null while too few count. */
  reserves: amountSchema.nullable(),
  /** The most there may be, what is on its way included. */
  most: amountSchema.nullable(),
  headroom: amountSchema.nullable(),
  /** Reserves for each unit that is out or on its way, rounded down to four decimals; null while there is none or it is unknown. */
  coverage: z.string().nullable(),
  band: bandSchema,
  /** When the evidence is no longer enough, if nobody says anything newer; null while it is not enough. */
  endsAt: instantSchema.nullable(),
  words: z.array(wordSchema),
});

export const assetViewSchema = z.strictObject({
  asset: nameSchema,
  chainId: chainIdSchema,
  token: addressSchema,
  decimals: countSchema.max(77),
  policy: z.strictObject({ hash: bytes32Schema, version: countSchema }),
  /** The service's time, to which ages are reckoned. */
  at: instantSchema,
  observed: z.array(
    z.strictObject({
      fact: z.string(),
      value: z.string(),
      blockNumber: countSchema,
      blockTime: instantSchema,
      observer: nameSchema,
    }),
  ),
  /** The last word of each attestor, as it was signed. */
  attested: z.array(
    z.strictObject({
      attestor: nameSchema,
      asset: nameSchema,
      chainId: chainIdSchema,
      token: addressSchema,
      unit: z.string(),
      decimals: countSchema,
      reserves: amountSchema,
      supply: amountSchema,
      supplyBlock: countSchema,
      asOf: instantSchema,
      expiresAt: instantSchema,
      reportHash: bytes32Schema,
      sequence: countSchema,
    }),
  ),
  /** As an observer saw it last; null while nobody did. */
  supply: amountSchema.nullable(),
  /** Mints that have their nonce and are not final. */
  minting: amountSchema,
  cover: z.array(coverSchema),
  /** By the strictest guard; null while one of them lacks evidence. The gate decides by its own. */
  headroom: amountSchema.nullable(),
  /** The worst of the guards; `unknown` also where no guard wants reserves. */
  band: bandSchema,
  /** What people are asked to do about the band; nobody but they does it. */
  proposal: z.strictObject({ operation: z.literal("pause"), why: z.string() }).nullable(),
  /** Requests that have not ended, added up by operation. */
  pending: z.array(z.strictObject({ operation: z.string(), count: countSchema, amount: amountSchema })),
  /** Burns and redemptions among them. */
  redeeming: amountSchema,
  /** Limits and the ceiling of the day that count the whole asset; null while the gate does not answer. */
  limits: z.array(z.strictObject({ clause: z.string(), said: z.string(), usedMillionths: countSchema })).nullable(),
  /** Guards that want a recent attestation and no cover: an audit's cadence. `dueAt` is null while it is overdue. */
  audits: z.array(
    z.strictObject({
      guard: nameSchema,
      by: z.strictObject({ group: nameSchema, min: countSchema }),
      maxAgeSeconds: countSchema,
      last: instantSchema.nullable(),
      dueAt: instantSchema.nullable(),
    }),
  ),
  /** The newest attested report, and by whom. */
  lastAudit: z.strictObject({ attestor: nameSchema, asOf: instantSchema, reportHash: bytes32Schema }).nullable(),
  /** Freezes that stop it; null while the gate does not answer. */
  frozen: z
    .array(
      z.strictObject({
        freezeId: bytes32Schema,
        scope: z.string(),
        target: z.string(),
        reason: z.string(),
        by: nameSchema,
        at: instantSchema,
      }),
    )
    .nullable(),
});

export type AssetView = z.output<typeof assetViewSchema>;
export type Band = z.output<typeof bandSchema>;
