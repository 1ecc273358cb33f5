/** What a quorum asks for, as documents write it: a group and a number, all of several, any of several. */
import { z } from "zod";
import { durationSchema, nameSchema } from "../values/schema.ts";
import type { Name } from "../values/name.ts";

export type Quorum =
  | { readonly group: Name; readonly min: number }
  | { readonly all: readonly Quorum[] }
  | { readonly any: readonly Quorum[] };

export const quorumSchema: z.ZodType<Quorum> = z.lazy(() =>
  z.union([
    z.strictObject({ group: nameSchema, min: z.int().min(1).max(50) }),
    z.strictObject({ all: z.array(quorumSchema).min(1).max(10) }),
    z.strictObject({ any: z.array(quorumSchema).min(1).max(10) }),
  ]),
);

/** Who must agree to a change of a document, how long it waits, who may veto it meanwhile. */
export const changeRuleSchema = z.strictObject({
  quorum: quorumSchema,
  delay: durationSchema.optional(),
  veto: z.strictObject({ group: nameSchema, min: z.int().min(1).max(50) }).optional(),
});

export const changeSchema = z.strictObject({ tighten: changeRuleSchema, loosen: changeRuleSchema });

export type ChangeRule = z.output<typeof changeRuleSchema>;
