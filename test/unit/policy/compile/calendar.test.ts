/** Local time from offsets: on both sides of a change, at the edges of what is known, and never with an error. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime, startOf, startOfNext, type Calendar } from "../../../../src/policy/compile/calendar.ts";
import { fromIso, toIso, type Instant } from "../../../../src/values/instant.ts";

const at = (text: string): Instant => fromIso(`${text}Z`);
/** Zurich in 2027. */
const zurich: Calendar = {
  until: at("2028-01-01T00:00:00"),
  offsets: [
    { from: at("2026-10-25T01:00:00"), seconds: 3_600 },
    { from: at("2027-03-28T01:00:00"), seconds: 7_200 },
    { from: at("2027-10-31T01:00:00"), seconds: 3_600 },
  ],
};
const shown = (moment: Instant | undefined): string | undefined => (moment === undefined ? undefined : toIso(moment));

describe("localTime", () => {
  it("says date, weekday from Monday, and the second of the day", () => {
    expect(localTime(zurich, at("2027-01-15T08:00:00"))).toEqual({ date: "2027-01-15", weekday: 4, second: 32_400 });
    expect(localTime(zurich, at("2027-01-17T23:00:00"))).toEqual({ date: "2027-01-18", weekday: 0, second: 0 });
  });

  it("skips an hour in spring and has one twice in autumn", () => {
    expect(localTime(zurich, at("2027-03-28T00:59:59"))?.second).toBe(2 * 3_600 - 1);
    expect(localTime(zurich, at("2027-03-28T01:00:00"))?.second).toBe(3 * 3_600);
    expect(localTime(zurich, at("2027-10-31T00:30:00"))?.second).toBe(2.5 * 3_600);
    expect(localTime(zurich, at("2027-10-31T01:30:00"))?.second).toBe(2.5 * 3_600);
  });

  it("knows nothing before its first offset and from its end on", () => {
    expect(localTime(zurich, at("2026-10-25T00:59:59"))).toBeUndefined();
    expect(localTime(zurich, at("2026-10-25T01:00:00"))).toBeDefined();
    expect(localTime(zurich, at("2027-12-31T23:59:59"))).toBeDefined();
    expect(localTime(zurich, at("2028-01-01T00:00:00"))).toBeUndefined();
  });

  it("answers the same when it is asked for two moments in turn", () => {
    const [one, two] = [at("2027-01-15T08:00:00"), at("2027-07-15T08:00:00")];
    expect([one, two, one].map((moment) => localTime(zurich, moment)?.second)).toEqual([32_400, 36_000, 32_400]);
  });
});

describe("the beginning of a window", () => {
  it.each([
    ["day", "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"],
    ["week", "2027-03-21T23:00:00Z", "2027-03-28T22:00:00Z"],
    ["month", "2027-02-28T23:00:00Z", "2027-03-31T22:00:00Z"],
    ["year", "2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z"],
  ] as const)("of a %s is local midnight", (unit, start, next) => {
    const moment = at("2027-03-28T12:00:00");
    expect(shown(startOf(zurich, moment, unit))).toBe(start);
    expect(shown(startOfNext(zurich, moment, unit))).toBe(next);
  });

  it("is not known before the first offset, nor is an end after the last", () => {
    expect(startOf(zurich, at("2026-11-15T12:00:00"), "month")).toBe(at("2026-10-31T23:00:00"));
    expect(startOf(zurich, at("2026-10-26T12:00:00"), "month")).toBeUndefined();
    expect(startOfNext(zurich, at("2027-12-31T23:30:00"), "year")).toBeUndefined();
  });

  it("is known where the calendar begins with it", () => {
    const from = at("2026-12-31T23:00:00");
    const calendar: Calendar = { until: at("2028-01-01T00:00:00"), offsets: [{ from, seconds: 3_600 }] };
    expect(shown(startOf(calendar, at("2027-01-01T12:00:00"), "year"))).toBe("2026-12-31T23:00:00Z");
  });

  it("is the first moment after where midnight is skipped", () => {
    const santiago: Calendar = {
      until: at("2028-01-01T00:00:00"),
      offsets: [
        { from: at("2027-01-01T00:00:00"), seconds: -4 * 3_600 },
        { from: at("2027-09-05T04:00:00"), seconds: -3 * 3_600 },
      ],
    };
    expect(shown(startOf(santiago, at("2027-09-05T12:00:00"), "day"))).toBe("2027-09-05T04:00:00Z");
  });

  it("lies at or before the moment, and the next after it, at any moment of any offsets", () => {
    const instants = fc.integer({ min: 0, max: 253_402_300_799 }).map((value) => value as Instant);
    const calendars = fc
      .tuple(
        fc.uniqueArray(fc.tuple(instants, fc.integer({ min: -86_400, max: 86_400 })), {
          minLength: 1,
          maxLength: 5,
          selector: ([from]) => from,
        }),
        instants,
      )
      .map(([offsets, until]) => ({
        until,
        offsets: offsets.sort(([a], [b]) => a - b).map(([from, seconds]) => ({ from, seconds })),
      }));
    fc.assert(
      fc.property(calendars, instants, fc.constantFrom("day", "week", "month", "year"), (calendar, moment, unit) => {
        const [start, next] = [startOf(calendar, moment, unit), startOfNext(calendar, moment, unit)];
        if (localTime(calendar, moment) === undefined) expect([start, next]).toEqual([undefined, undefined]);
        if (start !== undefined) expect(start).toBeLessThanOrEqual(moment);
        if (start !== undefined && next !== undefined) expect(start).toBeLessThanOrEqual(next);
      }),
      { numRuns: 2_000 },
    );
  });
});
