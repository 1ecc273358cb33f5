/** Claims that stand in a policy and are proved over all inputs before it is proposed. */
import { z } from "zod";
import { durationSchema } from "../../values/schema.ts";
import { conditionParts } from "./condition-schema.ts";
import { groupMinSchema, vetoSchema } from "./requirement.ts";

/** No intent that the condition holds for is ever allowed with less than is said; with nothing said, never at all. */
const neverSchema = z.strictObject({
  ...conditionParts,
  withFewerPeopleThan: groupMinSchema.optional(),
  /** So many people of a group must be among those who agree. */
  without: vetoSchema.optional(),
  /** At least so long after it was first seen. */
  withoutDelay: durationSchema.optional(),
});

/** Every intent that the condition holds for can come to be allowed, on good evidence, by at most so many people. */
const alwaysSchema = z.strictObject({
  ...conditionParts,
  withAtMostPeople: groupMinSchema.optional(),
  within: durationSchema.optional(),
  /** Also when any so many people are gone. */
  afterLosing: z.int().min(0).max(5).optional(),
});

export const claimSchemas = {
  never: z.array(neverSchema).max(100).optional(),
  always: z.array(alwaysSchema).max(100).optional(),
};

export type NeverClaim = z.output<typeof neverSchema>;
export type AlwaysClaim = z.output<typeof alwaysSchema>;
