/** Moments in classes: every way in which time windows can be open and closed at once, each with an instant at which it is so. */
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import { localTime, type Calendar } from "../compile/calendar.ts";
import type { TimeWindow } from "../compile/condition.ts";
import { shifted } from "../trial/world.ts";

/** A window, and the calendar of the policy that it stands in. */
export type PlacedWindow = { readonly window: TimeWindow; readonly calendar: Calendar | undefined };

export type TimeSlot = {
  readonly at: Instant;
  /** Of each window, in the order given: open, closed, or not known because local time is not. */
  readonly open: readonly (boolean | undefined)[];
};

const daySeconds = 86_400;

/** Whether the window is open; undefined when local time is not known. */
export function isOpen({ window, calendar }: PlacedWindow, at: Instant): boolean | undefined {
  const local = calendar === undefined ? undefined : localTime(calendar, at);
  if (local === undefined) return undefined;
  const { days, fromSecond, belowSecond, holidays } = window;
  return (
    (days === undefined || days.has(local.weekday)) &&
    fromSecond <= local.second &&
    local.second < belowSecond &&
    holidays?.has(local.date) !== true
  );
}

/** Exact: windows open and close at the moments looked at, and at no others. */
export function timeSlots(windows: readonly PlacedWindow[]): readonly TimeSlot[] {
  const calendars = [...new Set(windows.map(({ calendar }) => calendar))];
  const moments = calendars.flatMap((calendar) => (calendar === undefined ? [] : momentsOf(calendar, windows)));
  const found = new Map<string, TimeSlot>();
  for (const at of moments.length === 0 ? [instant.parse(0)] : moments) {
    const open = windows.map((window) => isOpen(window, at));
    const key = open.map((one) => (one === undefined ? "?" : one ? "1" : "0")).join("");
    if (!found.has(key)) found.set(key, { at, open });
  }
  return [...found.values()];
}

/** Where anything can change: on one day of every kind, and on every day on which the offset does. */
function momentsOf(calendar: Calendar, windows: readonly PlacedWindow[]): readonly Instant[] {
  const { until, offsets } = calendar;
  const [first] = offsets;
  if (first === undefined) return [];
  const days = daysOfEveryKind(calendar, windows);
  const seconds = [...new Set([0, ...windows.flatMap(({ window }) => [window.fromSecond, window.belowSecond])])];
  const shifts = [...new Set(offsets.map((offset) => offset.seconds))];
  const walls = days.flatMap((day) => seconds.map((second) => day * daySeconds + second));
  const edges = [shifted(first.from, -1), until, ...offsets.map(({ from }) => from)];
  const all = walls.flatMap((wall) => shifts.map((shift) => wall - shift)).filter((at) => at >= 0);
  // Inside of the calendar first, so that an example is at a time people know.
  const inside = all.filter((at) => at >= first.from && at < until).map((at) => instant.parse(at));
  return [...inside, ...edges];
}

/** Days since 1970: a few of every weekday and set of holidays, and those around a change of the offset. */
function daysOfEveryKind({ until, offsets }: Calendar, windows: readonly PlacedWindow[]): readonly number[] {
  const holidays = [
    ...new Set(windows.flatMap(({ window }) => (window.holidays === undefined ? [] : [window.holidays]))),
  ];
  const marks = new Map<number, string>();
  for (const [index, dates] of holidays.entries())
    for (const date of dates) {
      const day = dayOf(date);
      if (day !== undefined) marks.set(day, `${marks.get(day) ?? ""} ${index}`);
    }
  const first = Math.floor((offsets[0]?.from ?? 0) / daySeconds);
  const last = Math.floor(until / daySeconds);
  const kinds = new Map<string, number[]>();
  const see = (day: number): void => {
    const key = `${(((day + 3) % 7) + 7) % 7}${marks.get(day) ?? ""}`;
    const known = kinds.get(key) ?? [];
    // The first and the last day may be known in part only, so one of a kind is not enough.
    if (day >= first - 1 && day <= last + 1 && known.length < daysOfAKind) kinds.set(key, [...known, day]);
  };
  for (let day = first + 2; day < Math.min(first + 30, last); day += 1) see(day);
  for (const day of [...marks.keys()].sort((a, b) => a - b)) see(day);
  const around = [...offsets.map((offset) => offset.from), until].flatMap((at) => {
    const day = Math.floor(at / daySeconds);
    return [day - 1, day, day + 1];
  });
  return [...new Set([...[...kinds.values()].flat(), ...around])];
}

const daysOfAKind = 3;

function dayOf(date: string): number | undefined {
  try {
    return instant.fromIso(`${date}T00:00:00Z`) / daySeconds;
  } catch {
    return undefined;
  }
}
