/** Moments in classes, beside every hour of the calendar asked one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TimeWindow } from "../../../../src/policy/compile/condition.ts";
import { isOpen, timeSlots, type PlacedWindow } from "../../../../src/policy/analyse/time-slots.ts";
import * as instant from "../../../../src/values/instant.ts";
import { zurich } from "../small.ts";

const window = (fields: Partial<TimeWindow>): PlacedWindow => ({
  window: { days: undefined, fromSecond: 0, belowSecond: 86_400, holidays: undefined, ...fields },
  calendar: zurich.calendar,
});
const hour = 3_600;
const workdays = new Set([0, 1, 2, 3, 4]);
const patternOf = (open: readonly (boolean | undefined)[]): string =>
  open.map((one) => (one === undefined ? "?" : one ? "1" : "0")).join("");

describe("time slots", () => {
  it.each<[string, readonly PlacedWindow[]]>([
    ["a window of hours", [window({ fromSecond: 8 * hour, belowSecond: 18 * hour })]],
    [
      "days and hours of two windows",
      [window({ days: workdays }), window({ fromSecond: 8 * hour, belowSecond: 18 * hour })],
    ],
    [
      "holidays",
      [
        window({ days: workdays, holidays: new Set(["2026-12-25"]) }),
        window({ holidays: new Set(["2026-12-25", "2026-12-26"]) }),
      ],
    ],
    ["the hour that summer skips", [window({ days: new Set([6]), fromSecond: 2 * hour, belowSecond: 3 * hour })]],
  ])("are exactly the ways in which every hour of the calendar can be: %s", (_, windows) => {
    const { until, offsets } = zurich.calendar;
    const patterns = new Set<string>();
    for (let at = offsets[0]!.from - hour; at <= until; at += hour / 2)
      patterns.add(patternOf(windows.map((one) => isOpen(one, instant.parse(at)))));
    const slots = timeSlots(windows);
    expect(slots.map(({ open }) => patternOf(open)).sort()).toEqual([...patterns].sort());
    for (const { at, open } of slots) expect(windows.map((one) => isOpen(one, at))).toEqual(open);
  });

  it("are exactly the ways in which every quarter of an hour can be, in any calendar", () => {
    const day = 86_400;
    const quarter = 900;
    const start = instant.fromIso("2026-03-01T00:00:00Z");
    const quarters = (most: number): fc.Arbitrary<number> =>
      fc.integer({ min: 0, max: most }).map((some) => some * quarter);
    const date = fc
      .integer({ min: -2, max: 14 })
      .map((some) => instant.toIso(instant.parse(start + some * day)).slice(0, 10));
    const offset = fc.constantFrom(-36_000, -3_600, 0, 3_600, 20_700, 46_800);
    const calendar = fc
      .tuple(
        quarters(96),
        fc.array(fc.tuple(quarters(96 * 6), offset), { minLength: 1, maxLength: 3 }),
        quarters(96 * 4),
      )
      .map(([from, changes, rest]) => {
        let at = start + from;
        const offsets = changes.map(([wait, seconds], index) => {
          at += index === 0 ? 0 : wait + quarter;
          return { from: instant.parse(at), seconds };
        });
        return { until: instant.parse(at + rest + quarter), offsets };
      });
    const some = fc
      .record({
        days: fc.option(fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }), { nil: undefined }),
        hours: fc.tuple(quarters(95), quarters(95)),
        holidays: fc.option(fc.array(date, { maxLength: 3 }), { nil: undefined }),
      })
      .map(({ days, hours: [one, other], holidays }) => ({
        days: days && new Set(days),
        fromSecond: Math.min(one, other),
        belowSecond: Math.max(one, other) + quarter,
        holidays: holidays && new Set(holidays),
      }));
    fc.assert(
      fc.property(calendar, fc.array(some, { minLength: 1, maxLength: 2 }), (known, fields) => {
        const windows = fields.map((one) => ({ window: one, calendar: known }));
        const patterns = new Set<string>();
        for (let at: number = known.offsets[0]!.from - quarter; at <= known.until; at += quarter)
          patterns.add(patternOf(windows.map((one) => isOpen(one, instant.parse(at)))));
        const slots = timeSlots(windows);
        expect(slots.map(({ open }) => patternOf(open)).sort()).toEqual([...patterns].sort());
        for (const { at, open } of slots) expect(windows.map((one) => isOpen(one, at))).toEqual(open);
      }),
      { numRuns: 300 },
    );
  });

  it("look at a day that no calendar has as at none", () => {
    const windows = [window({ holidays: new Set(["2026-02-30", "2026-12-25"]) })];
    expect(
      timeSlots(windows)
        .map(({ open }) => patternOf(open))
        .sort(),
    ).toEqual(["0", "1", "?"]);
  });

  it("of two calendars are the ways in which both can be", () => {
    const shorter = {
      ...window({ days: workdays }),
      calendar: { ...zurich.calendar, until: instant.fromIso("2026-06-30T22:00:00Z") },
    };
    const slots = timeSlots([window({ days: workdays }), shorter]).map(({ open }) => patternOf(open));
    expect(slots.sort()).toEqual(["00", "0?", "11", "1?", "??"]);
  });

  it("without a calendar know nothing", () => {
    expect(timeSlots([{ ...window({}), calendar: undefined }]).map(({ open }) => open)).toEqual([[undefined]]);
  });
});
