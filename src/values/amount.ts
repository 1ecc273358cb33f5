/** A whole number of base units, 0 to 2²⁵⁶ − 1; decimal text outside, BigInt inside, never a float. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Amount = bigint & { readonly brandAmount: true };

export const max = ((1n << 256n) - 1n) as Amount;
export const zero = 0n as Amount;

const basePattern = /^(?:0|[1-9][0-9]{0,77})$/;
const unitsPattern = /^(0|[1-9][0-9]{0,77})(?:\.([0-9]{1,77}))?$/;

/** Base units as decimal text without sign, leading zero, exponent or space. */
export function parse(text: unknown): Amount {
  if (typeof text !== "string" || !basePattern.test(text)) {
    throw new InvalidValue("value.amount", `\`${quote(text)}\` is not a whole decimal number such as \`1000\``);
  }
  return fromBigInt(BigInt(text));
}

export function fromBigInt(value: bigint): Amount {
  if (value < 0n || value > max)
    throw new InvalidValue("value.amount-range", `\`${quote(value.toString())}\` is outside 0 to 2^256-1`);
  return value as Amount;
}

/** Human units such as `1000.5` into base units; more decimals than the asset has are refused, not rounded. */
export function parseUnits(text: unknown, decimals: number): Amount {
  const parts = typeof text === "string" ? unitsPattern.exec(text) : null;
  if (parts === null)
    throw new InvalidValue("value.amount", `\`${quote(text)}\` is not a decimal number such as \`1000\` or \`0.5\``);
  const [, whole = "0", fraction = ""] = parts;
  if (fraction.length > decimals) {
    throw new InvalidValue("value.amount-decimals", `\`${quote(text)}\` has more than ${String(decimals)} decimals`);
  }
  return fromBigInt(BigInt(whole + fraction.padEnd(decimals, "0")));
}

/** The one canonical text for people: groups of three, no trailing zeros, no rounding: `1,234.5`. */
export function format(amount: Amount, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
