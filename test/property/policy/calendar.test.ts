/** Local time from the offsets of a document, beside what the platform's own time-zone data says. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { localTime, startOf, startOfNext, type Calendar } from "../../../src/policy/compile/calendar.ts";
import type { Instant } from "../../../src/values/instant.ts";
import { runs } from "./random-case.ts";

/** Half hours, quarter hours, summers of the south, clocks that skip midnight, and a day that was left out. */
const zones = [
  ...["Europe/Zurich", "America/New_York", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"],
  ...["Pacific/Apia", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Pacific/Kiritimati"],
];
const first = Date.UTC(2011, 5, 1) / 1_000;
const last = Date.UTC(2013, 5, 1) / 1_000;

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat("en-CA", {
      ...{ timeZone, calendar: "iso8601", hourCycle: "h23", weekday: "short" },
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" },
    }),
  ]),
);

type Shown = { readonly date: string; readonly weekday: string; readonly second: number };

function shownBy(zone: string, at: number): Shown {
  const parts = new Map(
    clocks
      .get(zone)!
      .formatToParts(at * 1_000)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type)!;
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    weekday: part("weekday").slice(0, 3),
    second: Number(part("hour")) * 3_600 + Number(part("minute")) * 60 + Number(part("second")),
  };
}

function offsetOf(zone: string, at: number): number {
  const { date, second } = shownBy(zone, at);
  return Date.parse(`${date}T00:00:00Z`) / 1_000 + second - at;
}

/** Every offset between `first` and `last`, found day by day and then by halving. */
function calendarOf(zone: string): Calendar {
  const offsets = [{ from: first as Instant, seconds: offsetOf(zone, first) }];
  for (let at = first; at < last; at += 86_400) {
    const [before, after] = [offsetOf(zone, at), offsetOf(zone, at + 86_400)];
    if (before === after) continue;
    let [low, high] = [at, at + 86_400];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetOf(zone, middle) === before) low = middle;
      else high = middle;
    }
    offsets.push({ from: high as Instant, seconds: after });
  }
  return { until: last as Instant, offsets };
}

const calendars = new Map(zones.map((zone) => [zone, calendarOf(zone)]));
const place = fc.record({
  zone: fc.constantFrom(...zones),
  at: fc.oneof(
    fc.integer({ min: first, max: last - 1 }),
    // About a change of the clocks, to the second.
    fc.tuple(fc.nat(), fc.integer({ min: -90_000, max: 90_000 }), fc.constantFrom(...zones)).map(([nth, by, zone]) => {
      const { offsets } = calendars.get(zone)!;
      return Math.min(last - 1, Math.max(first, offsets[nth % offsets.length]!.from + by));
    }),
  ),
});
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

it("has zones that change their clocks, and one that never does", () => {
  const changes = [...calendars.values()].map(({ offsets }) => offsets.length);
  expect(Math.max(...changes)).toBeGreaterThan(3);
  expect(Math.min(...changes)).toBe(1);
});

it("shows the date, the weekday and the time that the platform shows", () => {
  fc.assert(
    fc.property(place, ({ zone, at }) => {
      const { date, weekday, second } = shownBy(zone, at);
      expect(localTime(calendars.get(zone)!, at as Instant)).toEqual({
        date,
        second,
        weekday: weekdays.indexOf(weekday),
      });
    }),
    runs(2_000),
  );
});

/** The name of the day, week, month or year that holds a moment; of a week, its Monday. */
function unitOf({ date, weekday }: Shown, unit: "day" | "week" | "month" | "year"): string {
  if (unit === "month") return date.slice(0, 7);
  if (unit === "year") return date.slice(0, 4);
  if (unit === "day") return date;
  const monday = Date.parse(`${date}T00:00:00Z`) - weekdays.indexOf(weekday) * 86_400_000;
  return new Date(monday).toISOString().slice(0, 10);
}

it("begins a day, a week, a month and a year at its first second, and the next one right after", () => {
  let known = 0;
  let unknown = 0;
  fc.assert(
    fc.property(
      place,
      fc.constantFrom("day" as const, "week" as const, "month" as const, "year" as const),
      ({ zone, at }, unit) => {
        const calendar = calendars.get(zone)!;
        const start = startOf(calendar, at as Instant, unit);
        const name = unitOf(shownBy(zone, at), unit);
        if (start === undefined) {
          // Only what began before anything was known has no beginning.
          expect(unitOf(shownBy(zone, first - 1), unit) >= name || unitOf(shownBy(zone, first), unit) === name).toBe(
            true,
          );
          unknown += 1;
          return;
        }
        known += 1;
        expect(start).toBeLessThanOrEqual(at);
        expect(unitOf(shownBy(zone, start), unit)).toBe(name);
        expect(unitOf(shownBy(zone, start - 1), unit) < name).toBe(true);
        const next = startOfNext(calendar, at as Instant, unit);
        if (next === undefined) return;
        expect(next).toBeGreaterThan(at);
        expect(unitOf(shownBy(zone, next), unit) > name).toBe(true);
        expect(unitOf(shownBy(zone, next - 1), unit)).toBe(name);
      },
    ),
    runs(2_000),
  );
  expect(Math.min(known, unknown)).toBeGreaterThan(50);
});

it("knows no beginning of a month that began before the first offset, however many offsets follow", () => {
  const began = Date.UTC(2027, 2, 10) / 1_000;
  const offsets = [began, began + 86_400].map((from, nth) => ({ from: from as Instant, seconds: 3_600 * (nth + 1) }));
  const calendar: Calendar = { until: (began + 86_400 * 60) as Instant, offsets };
  const at = (began + 86_400 * 5) as Instant;
  expect(startOf(calendar, at, "month")).toBeUndefined();
  expect(startOf(calendar, at, "day")).toBe(Date.UTC(2027, 2, 14, 22) / 1_000);
  expect(startOf(calendar, (began + 86_400 * 30) as Instant, "month")).toBe(Date.UTC(2027, 2, 31, 22) / 1_000);
});
