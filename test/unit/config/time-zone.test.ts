/** Offsets of a zone are those that the zone is known for, to the second, and only documents that need them have them. */
import { describe, expect, it } from "vitest";
import { calendarOf, withCalendar } from "../../../src/config/time-zone.ts";
import { localTime, startOf, startOfNext } from "../../../src/policy/compile/calendar.ts";
import { fromIso, toIso } from "../../../src/values/instant.ts";
import { document, documentWith, mintRule, refusalOf } from "../policy/example.ts";

const changes = (zone: string): string[] =>
  calendarOf(zone).offsets.map(({ from, seconds }) => `${toIso(from)} ${seconds / 3_600}`);

describe("the calendar of a zone", () => {
  it.each<[string, string[]]>([
    ["Europe/Zurich", ["2025-01-01T00:00:00Z 1", "2025-03-30T01:00:00Z 2", "2025-10-26T01:00:00Z 1"]],
    ["America/New_York", ["2025-01-01T00:00:00Z -5", "2025-03-09T07:00:00Z -4", "2025-11-02T06:00:00Z -5"]],
    ["Australia/Lord_Howe", ["2025-01-01T00:00:00Z 11", "2025-04-05T15:00:00Z 10.5", "2025-10-04T15:30:00Z 11"]],
  ])("%s changes when its clocks do", (zone, wanted) => {
    expect(changes(zone).slice(0, 3)).toEqual(wanted);
    expect(changes(zone)).toHaveLength(31);
  });

  it.each([
    ["Asia/Kathmandu", 5.75],
    ["Asia/Tokyo", 9],
    ["UTC", 0],
  ])("%s has one offset", (zone, hours) => {
    expect(changes(zone)).toEqual([`2025-01-01T00:00:00Z ${hours}`]);
  });

  it("ends for everybody at the same instant", () => {
    expect(toIso(calendarOf("Europe/Zurich").until)).toBe("2040-01-01T00:00:00Z");
  });

  it("agrees with the clocks on the wall on both sides of a change", () => {
    const zurich = calendarOf("Europe/Zurich");
    expect(localTime(zurich, fromIso("2027-03-28T00:59:59Z"))).toMatchObject({ date: "2027-03-28", second: 7_199 });
    expect(localTime(zurich, fromIso("2027-03-28T01:00:00Z"))).toMatchObject({ date: "2027-03-28", second: 10_800 });
    const day = fromIso("2027-03-28T12:00:00Z");
    expect([startOf(zurich, day, "day"), startOfNext(zurich, day, "day")].map((at) => toIso(at!))).toEqual([
      "2027-03-27T23:00:00Z",
      "2027-03-28T22:00:00Z",
    ]);
  });

  it("of nowhere is refused", () => {
    expect(refusalOf(() => calendarOf("Europe/Atlantis"))).toMatchObject({
      code: "policy.timezone",
      field: "timezone",
    });
  });
});

describe("a document", () => {
  const limits = [{ ...document.limits![0], window: "calendar month" }];
  const guards = [{ id: "g", unless: { time: { from: "08:00" } }, deny: true }];
  const never = [{ operation: "mint", time: { days: ["sun"] } }];

  it.each<[string, Record<string, unknown>]>([
    ["a rule", { rules: [mintRule({ time: { days: ["mon"] } })] }],
    ["a guard", { guards }],
    ["a limit's window", { limits }],
    [
      "a limit's condition",
      { limits: [{ ...document.limits![0], when: { operation: "mint", time: { to: "18:00" } } }] },
    ],
    ["a claim", { never }],
  ])("has a calendar when %s asks for local time", (_, fields) => {
    expect(withCalendar(documentWith(fields)).calendar).toEqual(calendarOf("Europe/Zurich"));
  });

  it("has none when nothing asks, keeps its own, and needs a zone", () => {
    expect(withCalendar(document)).toBe(document);
    const own = documentWith({
      guards,
      calendar: { until: 1_800_000_000, offsets: [{ from: 1_792_890_000, seconds: 3_600 }] },
    });
    expect(withCalendar(own)).toBe(own);
    const zoneless = documentWith({ guards, timezone: undefined });
    expect(withCalendar(zoneless)).toBe(zoneless);
  });
});

describe("a calendar that somebody wrote", () => {
  const { until, offsets } = calendarOf("Europe/Zurich");
  const written = (calendar: object) => documentWith({ timezone: "Europe/Zurich", calendar });

  it("is taken when it is the zone's, or a part of it", () => {
    const own = written({ until, offsets });
    expect(withCalendar(own)).toEqual(own);
    const part = written({ until: offsets[4]!.from, offsets: offsets.slice(2, 4) });
    expect(withCalendar(part)).toEqual(part);
  });

  it.each([
    ["begins a day twice", [...offsets.slice(0, 1), { from: offsets[0]!.from + 3_600, seconds: -82_800 }]],
    ["is an hour off", offsets.map(({ from, seconds }) => ({ from, seconds: seconds + 3_600 }))],
    ["leaves a change out", offsets.filter((_, index) => index !== 3)],
  ])("is refused when it %s", (_, odd) => {
    expect(refusalOf(() => withCalendar(written({ until, offsets: odd })))).toMatchObject({
      code: "policy.calendar-differs",
      field: "calendar",
    });
  });
});
