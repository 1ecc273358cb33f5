/** What a feed on a chain says of itself and of its figure, as observers read it: one text for everything that a decision looks at. */
import { z } from "zod";
import { canonical, readStrict } from "../values/json.ts";
import { addressSchema, bytes32Schema, lineSchema } from "../values/schema.ts";

/** In decimal, in its one spelling, and within what the contract's type holds. */
function numberSchema(least: bigint, below: bigint): z.ZodType<string> {
  return z
    .string()
    .refine((text) => /^(?:0|-?[1-9][0-9]{0,77})$/.test(text) && BigInt(text) >= least && BigInt(text) < below);
}

/** A round's number is of 80 bits: those of a proxy have its phase in the upper 16. */
const roundSchema = numberSchema(0n, 1n << 80n);

/** The answers of `latestRoundData()`, as texts since no number holds them, and what answers. */
const seenSchema = z.strictObject({
  /** Keccak-256 of the runtime code. */
  code: bytes32Schema,
  /** Behind a proxy of ERC-1967; the zero address where there is none. */
  implementation: addressSchema,
  /** What a proxy of feeds passes calls on to now; null where the contract knows no such word. */
  aggregator: addressSchema.nullable(),
  decimals: z.int().min(0).max(99),
  description: lineSchema,
  round: roundSchema,
  answer: numberSchema(-(1n << 255n), 1n << 255n),
  /** Seconds since 1970; 0 for a round that was never answered. */
  updatedAt: numberSchema(0n, 1n << 256n),
  answeredInRound: roundSchema,
});

export type SeenFeed = z.output<typeof seenSchema>;

/** Value of the fact `round`. */
export function feedText(seen: SeenFeed): string {
  return canonical(seen);
}

/** The exact inverse; a text it would not have written is undefined. */
export function readFeed(text: string): SeenFeed | undefined {
  const read = seenSchema.safeParse(readStrict(text));
  return read.success && feedText(read.data) === text ? read.data : undefined;
}
