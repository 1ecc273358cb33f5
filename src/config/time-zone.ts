/** The calendar of a policy's time zone, from what this machine knows of zones, so that nobody has to know them later. */
import type { Calendar } from "../policy/compile/calendar.ts";
import type { PolicyDocument } from "../policy/document/document.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";

/** The same span on every machine, so that the same zone makes the same document. */
const from = instant.fromIso("2025-01-01T00:00:00Z");
const until = instant.fromIso("2040-01-01T00:00:00Z");
/** No zone changes its clocks twice in a week. */
const step = 7 * 86_400;

/**
 * A document whose clauses ask for local time, with the calendar that its author left out; every other one as it is. Throws
 * `InvalidValue` `policy.timezone` when this machine does not know the zone, and `policy.calendar-differs` when its calendar is
 * another than the zone's.
 */
export function withCalendar(document: PolicyDocument): PolicyDocument {
  const { calendar, timezone } = document;
  const doubt = calendarDoubt(document);
  if (doubt !== undefined) throw new InvalidValue("policy.calendar-differs", doubt, "calendar");
  if (calendar !== undefined || timezone === undefined || !asksForTime(document)) return document;
  const { offsets } = calendarOf(timezone);
  return { ...document, calendar: { until, offsets: [...offsets] } };
}

/**
 * Why a document's calendar is not to be believed: an invented one moves days and hours, and to a reader it is a column of numbers.
 * Undefined when it is what this machine knows of the zone, or when there is none.
 */
export function calendarDoubt({ calendar, timezone }: PolicyDocument): string | undefined {
  if (calendar === undefined || timezone === undefined) return undefined;
  if (canonical(calendar) === canonical(within(calendarOf(timezone), calendar) ?? null)) return undefined;
  return `calendar: these are not the offsets that this machine knows of \`${timezone}\`; leave \`calendar\` out, and it is written`;
}

/** What is known of the span that the other calendar speaks of. */
function within(known: Calendar, other: NonNullable<PolicyDocument["calendar"]>): Calendar | undefined {
  const start = other.offsets[0]?.from;
  const current = start === undefined ? undefined : known.offsets.findLast((offset) => offset.from <= start);
  if (start === undefined || current === undefined || other.until > known.until) return undefined;
  const later = known.offsets.filter((offset) => offset.from > start && offset.from < other.until);
  return { until: other.until, offsets: [{ from: start, seconds: current.seconds }, ...later] };
}

/** Throws `InvalidValue` `policy.timezone`. */
export function calendarOf(zone: string): Calendar {
  const offsetAt = offsetsOf(zone);
  const offsets = [{ from, seconds: offsetAt(from) }];
  for (let start: number = from; start < until; start += step) {
    const end = Math.min(start + step, until);
    const [before, after] = [offsetAt(start), offsetAt(end)];
    if (before !== after) offsets.push({ from: firstWith(offsetAt, { start, end }, after), seconds: after });
  }
  return { until, offsets: offsets.filter((offset) => offset.from < until) };
}

function asksForTime({ rules, guards = [], limits = [], never = [], always = [] }: PolicyDocument): boolean {
  const conditions = [
    ...rules.map(({ when }) => when),
    ...guards.flatMap(({ when, unless }) => [when, unless]),
    ...limits.map(({ when }) => when),
    ...never,
    ...always,
  ];
  return (
    conditions.some((one) => one?.time !== undefined) || limits.some(({ window }) => window.startsWith("calendar "))
  );
}

type OffsetAt = (at: number) => number;

/** Seconds by which clocks of the zone are ahead of UTC. */
function offsetsOf(zone: string): OffsetAt {
  const format = formatOf(zone);
  return (at) => {
    const parts = new Map(format.formatToParts(at * 1_000).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall / 1_000 - at;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit";
  try {
    return new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidValue(
      "policy.timezone",
      `timezone: \`${timeZone}\` is no time zone that is known here`,
      "timezone",
    );
  }
}

/** The first moment of the new offset, by halves. */
function firstWith(offsetAt: OffsetAt, within: { start: number; end: number }, after: number): Instant {
  let { start, end } = within;
  while (end - start > 1) {
    const middle = Math.floor((start + end) / 2);
    if (offsetAt(middle) === after) end = middle;
    else start = middle;
  }
  return instant.parse(end);
}
