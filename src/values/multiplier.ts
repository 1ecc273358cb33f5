/** How many tokens a share of a token is, in units of 10⁻¹⁸; decimal text outside, BigInt inside, never a float. */
import * as amount from "./amount.ts";
import type { Amount } from "./amount.ts";

const decimals = 18;

/** From one multiplier to another. */
export type Step = { readonly from: bigint; readonly to: bigint };

/** `1.0042`; more than 18 decimals are refused. */
export function parse(text: unknown): Amount {
  return amount.parseUnits(text, decimals);
}

/** The exact inverse: without groups of three, without rounding. */
export function format(multiplier: Amount): string {
  return amount.format(multiplier, decimals).replaceAll(",", "");
}

/** `1 to 1.0042 (+0.42 %)`. */
export function stepText({ from, to }: Readonly<Record<keyof Step, Amount>>): string {
  return `${format(from)} to ${format(to)} (${riseText({ from, to })})`;
}

/** `+0.42 %`, rounded up at the sixth decimal; whatever no amount holds is as much as one holds. */
export function riseText({ from, to }: Step): string {
  const percent = ceil((to - from) * 100n * 1_000_000n, from);
  return `+${amount.format(percent > amount.max ? amount.max : amount.fromBigInt(percent), 6)} %`;
}

/**
 * The most by which so many tokens grow: contracts round what shares come to down, so that almost one unit more than is seen may stand
 * behind it. Nothing where the multiplier does not rise.
 */
export function growth(tokens: bigint, { from, to }: Step): bigint {
  return to <= from ? 0n : ceil((tokens + 1n) * (to - from), from);
}

/** The most tokens that come to at most so many with all they grow by; none where not even the first fits. */
export function within(room: bigint, { from, to }: Step): bigint {
  if (to <= from) return room;
  return (room * from - (to - from)) / to;
}

function ceil(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
