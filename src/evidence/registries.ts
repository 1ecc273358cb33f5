/** The contracts that an ERC-3643 token asks who may hold it, and what they ask for: pinned by a policy, observed as one text. */
import { z } from "zod";
import { canonical, readStrict } from "../values/json.ts";
import { addressSchema } from "../values/schema.ts";

/** A contract behind a proxy, and the implementation that its authority names for it. */
const partSchema = z.strictObject({ address: addressSchema, implementation: addressSchema });

/** A claim topic in decimal. */
const topicSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, "not a claim topic in decimal");
/** A list without order, in the order of its texts, and nothing twice: one list has one spelling. */
const topicsSchema = z
  .array(topicSchema)
  .refine((topics) => isSorted(topics), "topics stand in the order of their texts, each once");
const trustedSchema = z
  .array(z.strictObject({ issuer: addressSchema, topics: topicsSchema }))
  .refine((list) => isSorted(list.map(({ issuer }) => issuer)), "issuers stand in the order of their addresses");

/** As long as an observation may be. */
const maxLength = 1_900;

const seenSchema = z.strictObject({
  /** Who may hold the token. */
  identity: partSchema,
  /** Where that is kept. */
  storage: partSchema,
  /** Which claims a holder needs. */
  topics: partSchema,
  /** Whose claims count. */
  issuers: partSchema,
  /** The rules beside identity. */
  compliance: partSchema,
  /** What these rules are made of: contracts that the compliance contract asks of each transfer. */
  modules: z
    .array(addressSchema)
    .refine((modules) => isSorted(modules), "modules stand in the order of their addresses, each once"),
  claims: topicsSchema,
  trusted: trustedSchema,
});

export type Registries = z.output<typeof seenSchema>;

/** What a policy may pin. INVARIANT: a claim and an issuer are asked for; a registry that asks for none takes everybody for verified. */
export const registriesSchema = seenSchema
  .extend({ claims: topicsSchema.min(1), trusted: trustedSchema.min(1) })
  .refine((pinned) => canonical(pinned).length <= maxLength, `these are more than ${String(maxLength)} characters`);

/** Value of the fact `registries`: canonical JSON of what the contracts say now; when that is too long its length alone, which is no such value. */
export function registriesText(registries: Registries): string {
  const text = canonical(registries);
  return text.length <= maxLength ? text : `${String(text.length)} characters`;
}

/** The exact inverse; a text it would not have written is undefined. What was emptied can be said, and is never what is pinned. */
export function readRegistries(text: string): Registries | undefined {
  const read = seenSchema.safeParse(readStrict(text));
  return read.success && registriesText(read.data) === text ? read.data : undefined;
}

function isSorted(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] ?? "") < text);
}
