/** A length of time in whole seconds, written `30s`, `30m`, `48h` or `7d`. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

export function parse(text: unknown): number {
  const parts = typeof text === "string" ? /^(0|[1-9][0-9]{0,6})([smhd])$/.exec(text) : null;
  const [, count = "", unit = ""] = parts ?? [];
  const seconds = unitSeconds[unit];
  if (seconds === undefined)
    throw new InvalidValue("value.duration", `\`${quote(text)}\` is not a duration such as \`30m\` or \`48h\``);
  return Number(count) * seconds;
}

export function format(seconds: number): string {
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const) {
    if (seconds > 0 && seconds % size === 0) return `${String(seconds / size)}${unit}`;
  }
  return `${String(seconds)}s`;
}
