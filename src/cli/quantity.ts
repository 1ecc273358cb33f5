/** Amounts as they are typed: `100`, or `100 GLD` when the unit is the one that is meant. */
import type { Given } from "./command.ts";
import { UsageError } from "./outcome.ts";

/** The number alone, for a parser that knows the decimals; another unit than `unit` is a slip of the hand. */
export function quantity(given: Given, name: string, unit: string): string {
  return withoutUnit(name, given.text(name), unit);
}

export function withoutUnit(name: string, text: string, unit: string): string {
  const at = text.indexOf(" ");
  if (at === -1) return text;
  if (text !== text.trim()) throw new UsageError(`--${name}: \`${text}\` begins or ends with a space`);
  if (text.slice(at + 1) !== unit) throw new UsageError(`--${name}: \`${text}\` is not in ${unit}`);
  return text.slice(0, at);
}
