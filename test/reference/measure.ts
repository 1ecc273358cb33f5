/** Amounts, lengths of time and shares, read from the words of a document with nothing but BigInt and long division by hand. */

export const greatest = 2n ** 256n - 1n;

/** `100 GLD` of an asset with two decimals is 10000n; `max` is everything. */
export function baseUnits(text: string, unit: string, decimals: number): bigint {
  if (text === "max") return greatest;
  const [number = "", written] = text.split(" ");
  if (written !== unit) throw new Error(`${text} is not in ${unit}`);
  const [whole = "", fraction = ""] = number.split(".");
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, "0") || "0");
}

/** `123`, or an amount of the asset. */
export function plainOrUnits(text: string, unit: string, decimals: number): bigint {
  return text.includes(" ") || text === "max" ? baseUnits(text, unit, decimals) : BigInt(text);
}

export function secondsOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const perUnit: Record<string, number> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };
  return Number(text.slice(0, -1)) * perUnit[text.slice(-1)]!;
}

/** A decimal number as a whole number of 10⁻⁴⁰. */
export function fine(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(40, "0"));
}
export const fineOne = 10n ** 40n;

export type Comparing = { eq?: string; gt?: string; gte?: string; lt?: string; lte?: string };

/** Whether a value stands where every comparison says. */
export function compares(value: bigint, test: Comparing, read: (text: string) => bigint): boolean {
  if (test.eq !== undefined && value !== read(test.eq)) return false;
  if (test.gt !== undefined && !(value > read(test.gt))) return false;
  if (test.gte !== undefined && !(value >= read(test.gte))) return false;
  if (test.lt !== undefined && !(value < read(test.lt))) return false;
  if (test.lte !== undefined && !(value <= read(test.lte))) return false;
  return true;
}
