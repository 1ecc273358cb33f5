/** Moments in classes, beside every hour of the calendar asked one by one. */
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
