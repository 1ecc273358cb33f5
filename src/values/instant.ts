/** A moment as whole seconds since 1970 in UTC, the unit of every time in a statement, a document and a block. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Instant = number & { readonly brandInstant: true };

/** 9999-12-31: beyond it a "time" is milliseconds by mistake. */
export const last = 253_402_300_799;

export function parse(value: unknown): Instant {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > last) {
    throw new InvalidValue("value.instant", `\`${quote(value)}\` is not a time in whole seconds`);
  }
  return value as Instant;
}

/** ISO 8601 in UTC with whole seconds, as documents and people write it. */
export function fromIso(text: string): Instant {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (parts ?? []).slice(1).map(Number);
  const instant = parts === null ? -1 : ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  if (instant < 0 || instant > last || toIso(instant as Instant) !== text) {
    throw new InvalidValue("value.instant", `\`${quote(text)}\` is not a UTC time such as \`2026-11-23T10:00:00Z\``);
  }
  return instant as Instant;
}

export function toIso(instant: Instant): string {
  const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
  const days = Math.floor(instant / 86_400);
  const second = instant - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
    .map((part) => pad(part))
    .join(":");
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${time}Z`;
}

export function plus(instant: Instant, seconds: number): Instant {
  return parse(instant + seconds);
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar; years begin in March so that the leap day is last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}
