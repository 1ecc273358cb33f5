/** What a token says of its multiplier, as observers read it: what a share is now, and what is announced that it becomes. */
import { z } from "zod";
import { canonical, readStrict } from "../values/json.ts";
import { format, type Step } from "../values/multiplier.ts";
import { amountSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";

/** In units of 10⁻¹⁸, as texts since no number holds them. */
const seenSchema = z.strictObject({
  current: amountSchema,
  /** Counts the changes; those that Backed's fees bring are counted too. */
  nonce: amountSchema,
  /** Becomes what a share is at an instant that has not come, without another transaction; null where nothing is announced. */
  announced: z.strictObject({ multiplier: amountSchema, activationTime: amountSchema }).nullable(),
});

export type SeenMultiplier = z.output<typeof seenSchema>;

/** Value of the fact `multiplier`. */
export function multiplierText(seen: SeenMultiplier): string {
  return canonical(toWire(seen));
}

/** The exact inverse; a text it would not have written is undefined, and so is one of a token whose shares are nothing. */
export function readMultiplier(text: string): SeenMultiplier | undefined {
  const read = seenSchema.safeParse(readStrict(text));
  return read.success && read.data.current > 0n && multiplierText(read.data) === text ? read.data : undefined;
}

/** `1.0042, and 1.0084 is announced`; a value that is none stays as it is. */
export function stateText(value: string): string {
  const seen = readMultiplier(value);
  if (seen === undefined) return value;
  const { current, announced } = seen;
  const later = announced === null ? "" : `, and ${format(announced.multiplier)} is announced`;
  return `${format(current)}${later}`;
}

/** From what a share is now to what it becomes. */
export function announcedStep({ current, announced }: SeenMultiplier): Step {
  return { from: current, to: announced?.multiplier ?? current };
}
