/** A moment as whole seconds since 1970 in UTC, the unit of every time in a statement, a document and a block. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Instant = number & { readonly brandInstant?: "instant" };

/** 9999-12-31: beyond it a "time" is milliseconds by mistake. */
const last = 253_402_300_799;

export function parse(value: unknown): Instant {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > last) {
    throw new InvalidValue("value.instant", `\`${quote(value)}\` is not a time in whole seconds`);
  }
  return value as Instant;
}

/** ISO 8601 in UTC with whole seconds, as documents and people write it. */
export function fromIso(text: string): Instant {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? isoToMs(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidValue("value.instant", `\`${quote(text)}\` is not a UTC time such as \`2026-11-23T10:00:00Z\``);
  return parse(ms / 1000);
}

export function toIso(instant: Instant): string {
  return new Date(instant * 1000).toISOString().replace(".000Z", "Z");
}

export function plus(instant: Instant, seconds: number): Instant {
  return parse(instant + seconds);
}

function isoToMs(text: string): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text.replace("Z", ".000Z") ? Number.NaN : ms;
}
