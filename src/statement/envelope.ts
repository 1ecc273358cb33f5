/** A statement as it travels and is stored: the message as JSON, who says it, and the proof. */
import { z } from "zod";
import { hash } from "../values/json.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { hexSchema, nameSchema } from "../values/schema.ts";
import { kindSchema } from "./message.ts";

/** wallet: 65 bytes r ‖ s ‖ v. key: 64 bytes Ed25519 over the EIP-712 digest. passkey: WebAuthn assertion whose challenge is the digest. */
export const proofSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("wallet"), signature: hexSchema }),
  z.strictObject({ kind: z.literal("key"), signature: hexSchema }),
  z.strictObject({
    kind: z.literal("passkey"),
    authenticatorData: hexSchema,
    clientDataJSON: hexSchema,
    signature: hexSchema,
  }),
]);

export const envelopeSchema = z.strictObject({
  kind: kindSchema,
  /** The fields of the kind: amounts as decimal text, times and counts as integers. */
  message: z.record(z.string(), z.union([z.string(), z.int(), z.boolean()])),
  /** Credential id in the roster. */
  credential: nameSchema,
  proof: proofSchema,
});

export type Envelope = z.output<typeof envelopeSchema>;
export type Proof = z.output<typeof proofSchema>;

/** Names a statement by what is said and by whom; the proof is left out, so a second signature over the same words is the same statement. */
export function statementHash(envelope: Pick<Envelope, "kind" | "message" | "credential">): Bytes32 {
  return hash({ kind: envelope.kind, message: envelope.message, credential: envelope.credential });
}
