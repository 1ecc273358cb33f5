/** How far the second leg of a redemption is, as the service keeps it and shows it. */
import { z } from "zod";
import { instructionSchema } from "../log/entry.ts";
import { bytes32Schema, countSchema, instantSchema, nameSchema } from "../values/schema.ts";

const releaseSchema = z.strictObject({
  leaf: countSchema,
  burn: bytes32Schema,
  destination: nameSchema,
  deliverBefore: instantSchema,
  deliveriesMin: countSchema,
});

const deliverySchema = z.strictObject({ member: nameSchema, reference: z.string(), asOf: instantSchema });

export const redemptionSchema = z.strictObject({
  kind: z.enum(["owed", "released", "delivered", "reversed"]),
  /** What it waits for, or how it ended. */
  why: z.string(),
  /** As the gate's log has it. */
  release: releaseSchema.nullable(),
  /** As the gate signed it. */
  instruction: instructionSchema.nullable(),
  deliveries: z.array(deliverySchema),
});

export type Redemption = z.output<typeof redemptionSchema>;
export type Release = z.output<typeof releaseSchema>;
export type Delivered = z.output<typeof deliverySchema>;
