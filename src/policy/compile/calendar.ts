/** Local time of a policy's zone from offsets that stand in the document: nobody asks a time-zone database. */
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";

export type Calendar = {
  /** From here on nothing is known. */
  readonly until: Instant;
  /** Ascending: from `from` on, local time is UTC plus `seconds`. */
  readonly offsets: readonly { readonly from: Instant; readonly seconds: number }[];
};

export type LocalTime = {
  /** `2026-12-25`. */
  readonly date: string;
  /** 0 is Monday. */
  readonly weekday: number;
  /** Seconds since local midnight by the clock on the wall. */
  readonly second: number;
};

const daySeconds = 86_400;
const lastInstant = instant.fromIso("9999-12-31T23:59:59Z");

/** The last answer of each calendar: every window of a decision asks for the same moment. */
const last = new WeakMap<Calendar, { readonly at: Instant; readonly local: LocalTime | undefined }>();

/** Undefined before the first offset and from `until` on. */
export function localTime(calendar: Calendar, at: Instant): LocalTime | undefined {
  const known = last.get(calendar);
  if (known?.at === at) return known.local;
  const offset = offsetAt(calendar, at);
  const local = offset === undefined ? undefined : wallTime(at + offset);
  last.set(calendar, { at, local });
  return local;
}

/** The first instant of the local day, week (from Monday), month or year that holds `at`; undefined when it is not known. */
export function startOf(calendar: Calendar, at: Instant, unit: "day" | "week" | "month" | "year"): Instant | undefined {
  const offset = offsetAt(calendar, at);
  if (offset === undefined) return undefined;
  return instantOfDay(calendar, firstDay(Math.floor((at + offset) / daySeconds), unit));
}

/** The first instant of the unit that follows; undefined when it is not known. */
export function startOfNext(
  calendar: Calendar,
  at: Instant,
  unit: "day" | "week" | "month" | "year",
): Instant | undefined {
  const offset = offsetAt(calendar, at);
  if (offset === undefined) return undefined;
  const first = firstDay(Math.floor((at + offset) / daySeconds), unit);
  const longest = { day: 1, week: 7, month: 32, year: 367 }[unit];
  return instantOfDay(calendar, firstDay(first + longest, unit));
}

function offsetAt({ until, offsets }: Calendar, at: Instant): number | undefined {
  if (at >= until) return undefined;
  const seconds = offsets.findLast(({ from }) => from <= at)?.seconds;
  // A wall on which it is still 1969 has no date of ours.
  return seconds === undefined || at + seconds < 0 ? undefined : seconds;
}

/** The instant at which the clock on the wall first shows this day; when midnight is skipped, the first moment after. */
function instantOfDay(calendar: Calendar, day: number): Instant | undefined {
  const wall = day * daySeconds;
  const [first] = calendar.offsets;
  // Before the first offset nothing is known, so a day that began there has no known beginning.
  if (first === undefined || wall - first.seconds < first.from) return undefined;
  for (const [index, { from, seconds }] of calendar.offsets.entries()) {
    const end = calendar.offsets[index + 1]?.from ?? calendar.until;
    const at = Math.max(wall - seconds, from);
    if (at < end) return instant.parse(at);
  }
  return undefined;
}

function firstDay(day: number, unit: "day" | "week" | "month" | "year"): number {
  const date = wallTime(day * daySeconds).date;
  switch (unit) {
    case "day":
      return day;
    case "week":
      return day - weekdayOf(day);
    case "month":
      return dayOf(`${date.slice(0, 8)}01`);
    case "year":
      return dayOf(`${date.slice(0, 5)}01-01`);
  }
}

function wallTime(wall: number): LocalTime {
  const day = Math.floor(wall / daySeconds);
  const date = instant.toIso(instant.parse(Math.min(lastInstant, Math.max(0, day * daySeconds)))).slice(0, 10);
  return { date, weekday: weekdayOf(day), second: wall - day * daySeconds };
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function dayOf(date: string): number {
  return instant.fromIso(`${date}T00:00:00Z`) / daySeconds;
}
