/** People, services, their credentials and groups, and the managed keys: who may say what, at one version. */
import { z } from "zod";
import { addressSchema, countSchema, documentHashSchema, hexSchema, lineSchema, nameSchema } from "../values/schema.ts";

const wallet = z.strictObject({ kind: z.literal("wallet"), id: nameSchema, address: addressSchema });
/** Ed25519, 32 bytes. */
const key = z.strictObject({ kind: z.literal("key"), id: nameSchema, publicKey: hexSchema });
/** P-256, 65 bytes uncompressed; bound to one relying party and one origin. */
const passkey = z.strictObject({
  kind: z.literal("passkey"),
  id: nameSchema,
  publicKey: hexSchema,
  credentialId: hexSchema,
  rpId: z.string().min(1).max(253),
  origin: z.url().max(300),
});

export const credentialSchema = z.discriminatedUnion("kind", [wallet, key, passkey]);

export const memberSchema = z.strictObject({
  id: nameSchema,
  /** As people call them. */
  name: lineSchema,
  groups: z.array(nameSchema).max(20),
  /** The part of the house they work in, for quorums that want several. */
  unit: nameSchema.optional(),
  credentials: z.array(credentialSchema).min(1).max(10),
});

/** A key in an HSM or on a device, pinned by its public key (65 bytes, 0x04…); never somebody's credential. */
export const managedKeySchema = z.strictObject({
  id: nameSchema,
  account: addressSchema,
  publicKey: hexSchema,
  backend: z.enum(["pkcs11", "ledger"]),
});

export const rosterSchema = z.strictObject({
  apiVersion: z.literal("countersign/v1"),
  kind: z.literal("Roster"),
  version: countSchema.min(1),
  previous: documentHashSchema.nullable(),
  people: z.array(memberSchema).max(500),
  services: z.array(memberSchema).max(100),
  keys: z.array(managedKeySchema).max(200),
});

export type Roster = z.output<typeof rosterSchema>;
export type Member = z.output<typeof memberSchema>;
export type Credential = z.output<typeof credentialSchema>;
export type ManagedKey = z.output<typeof managedKeySchema>;
