/** Ratios compiled: a decimal number above 0, without rounding. */
import type { Ratio } from "../policy.ts";
import { refusal } from "./refusal.ts";

/** Throws `InvalidValue` `policy.ratio` with the field. */
export function readRatio(text: string, field: string): Ratio {
  const [, whole = "", fraction = ""] = /^(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?$/.exec(text) ?? [];
  const numerator = BigInt(whole + fraction);
  if (numerator === 0n) throw refusal("ratio", field, `\`${text}\` is not a ratio above 0 such as \`1.00\``);
  return { text, numerator, denominator: 10n ** BigInt(fraction.length) };
}
