/** What the clock on the wall of the policy's zone shows, by `Date` in UTC on a shifted time. */
import type { PlainCalendar } from "./plain.ts";

export type WallClock = { readonly date: string; readonly weekday: string; readonly minutes: number };

/** Undefined where the calendar of the document says nothing. */
export function wallClock(calendar: PlainCalendar | undefined, at: number): WallClock | undefined {
  if (calendar === undefined || at >= calendar.until) return undefined;
  const begun = calendar.offsets.filter((offset) => offset.from <= at);
  const offset = begun.at(-1);
  if (offset === undefined) return undefined;
  const shown = new Date((at + offset.seconds) * 1_000);
  return {
    date: shown.toISOString().slice(0, 10),
    weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][shown.getUTCDay()]!,
    minutes: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
  };
}

/** Minutes since midnight of `08:30`. */
export function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

/** Whether the calendar knows when the local day, week, month or year began that holds the moment. */
export function knowsBeginning(calendar: PlainCalendar | undefined, at: number, unit: string): boolean {
  const shown = wallClock(calendar, at);
  const [first] = calendar?.offsets ?? [];
  if (shown === undefined || first === undefined) return false;
  const day = new Date(`${shown.date}T00:00:00Z`);
  if (unit === "week") day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (unit === "month" || unit === "year") day.setUTCDate(1);
  if (unit === "year") day.setUTCMonth(0);
  return first.from + first.seconds <= day.getTime() / 1_000;
}
