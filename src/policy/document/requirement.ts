/** What is asked of people and of time, as documents write it: quorums, floors, waits and vetoes. */
import { z } from "zod";
import { durationSchema, nameSchema } from "../../values/schema.ts";
import type { Credential } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";

export type Quorum =
  | {
      readonly group: Name;
      readonly min: number;
      /** Kinds whose signature fills these seats, besides what the group itself takes. */
      readonly credentials?: readonly Credential["kind"][] | undefined;
    }
  | { readonly all: readonly Quorum[] }
  | { readonly any: readonly Quorum[] }
  /** One after the other: a later part counts only people who voted when the part before was complete. */
  | { readonly ordered: readonly Quorum[] };

/** What a quorum is made of; nothing of a single group's. */
export function partsOf(quorum: Quorum): readonly Quorum[] {
  if ("group" in quorum) return [];
  return "all" in quorum ? quorum.all : "any" in quorum ? quorum.any : quorum.ordered;
}

export const groupMinSchema = z.int().min(1).max(50);
export const credentialKindsSchema = z
  .array(z.enum(["wallet", "key", "passkey"]))
  .min(1)
  .max(3);

export const quorumSchema: z.ZodType<Quorum> = z.lazy(() =>
  z.union([
    z.strictObject({ group: nameSchema, min: groupMinSchema, credentials: credentialKindsSchema.optional() }),
    z.strictObject({ all: z.array(quorumSchema).min(1).max(10) }),
    z.strictObject({ any: z.array(quorumSchema).min(1).max(10) }),
    z.strictObject({ ordered: z.array(quorumSchema).min(2).max(5) }),
  ]),
);

/** Enough people of a group who object within the wait end it. */
export const vetoSchema = z.strictObject({ group: nameSchema, min: groupMinSchema });

/** Floors over everybody who voted and could sit: different people, and different units of the house. */
export const distinctSchema = z
  .strictObject({ people: groupMinSchema.optional(), units: groupMinSchema.optional() })
  .refine(({ people, units }) => people !== undefined || units !== undefined, "say `people`, `units`, or both");

/** What a guard or a full limit demands beside the tier. */
export const additionSchema = z
  .strictObject({
    quorum: quorumSchema.optional(),
    delay: durationSchema.optional(),
    distinct: distinctSchema.optional(),
    veto: vetoSchema.optional(),
  })
  .refine(
    ({ quorum, delay, distinct, veto }) => [quorum, delay, distinct, veto].some((part) => part !== undefined),
    "an addition adds something: `quorum`, `delay`, `distinct` or `veto`",
  );

/** Who must agree to a change of a document, how long it waits, who may veto it meanwhile. */
export const changeRuleSchema = z.strictObject({
  quorum: quorumSchema,
  delay: durationSchema.optional(),
  veto: vetoSchema.optional(),
});

export const changeSchema = z.strictObject({ tighten: changeRuleSchema, loosen: changeRuleSchema });

export type ChangeRule = z.output<typeof changeRuleSchema>;
export type Veto = z.output<typeof vetoSchema>;
