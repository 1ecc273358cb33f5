/** Conditions and what they are asked of, in words. */
import type { TypedValue } from "../../intent/typed-value.ts";
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import type { LocalTime } from "../compile/calendar.ts";
import { weekdays } from "../document/condition-schema.ts";
import type { Interval, TimeWindow, ValueTest } from "../compile/condition.ts";
import { inAsset, type Valued } from "../quantity.ts";

/** `at most 100 GLD`, `more than 100 GLD`, or both. */
export function intervalText({ from, below }: Interval, show: (value: bigint) => string): string {
  if (below === from + 1n) return `exactly ${show(from)}`;
  const least = from === 0n ? [] : [`more than ${show(from - 1n)}`];
  const most = below > amount.max ? [] : [`at most ${show(below - 1n)}`];
  return [...least, ...most].join(" and ") || "any amount";
}

/** Numbers in the unit, or as they are. */
export function testText(test: ValueTest, unit?: Valued): string {
  switch (test.kind) {
    case "in":
      return `list ${test.list}`;
    case "not-in":
      return `nobody on list ${test.list}`;
    case "between":
      return intervalText(test, (value) => shownNumber(value, unit));
    case "is":
      return test.value;
    case "within":
      return `at most ${duration.format(test.seconds)} from now`;
  }
}

let last = { entry: address.zero, text: address.checksum(address.zero) };

/** With its checksum, which costs a hash; a refusal shows the same address for many rules. */
export function addressText(entry: address.Address): string {
  if (last.entry !== entry) last = { entry, text: address.checksum(entry) };
  return last.text;
}

/** A value, short enough for a clause. */
export function shownValue(value: TypedValue | undefined, unit?: Valued): string {
  if (value === undefined) return "not there";
  if (typeof value === "object") return "a list or struct";
  if (typeof value === "bigint") return shownNumber(value, unit);
  const text = String(value);
  if (/^0x[0-9a-f]{40}$/.test(text)) return addressText(address.parse(text));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function shownNumber(value: bigint, unit: Valued | undefined): string {
  return unit === undefined ? String(value) : inAsset(value, unit);
}

/** `mon, tue from 08:00 to 18:00, no holiday`. */
export function windowText({ days, fromSecond, belowSecond, holidays }: TimeWindow): string {
  const week =
    days === undefined
      ? []
      : [
          [...days]
            .sort()
            .map((day) => weekdays[day] ?? "")
            .join(", "),
        ];
  const wholeDay = fromSecond === 0 && belowSecond === 86_400;
  const hours = wholeDay ? [] : [`from ${clockText(fromSecond)} to ${clockText(belowSecond)}`];
  return [[...week, ...hours].join(" "), ...(holidays === undefined ? [] : ["no holiday"])].filter(Boolean).join(", ");
}

/** `mon 2026-10-05 08:00`. */
export function localText({ weekday, date, second }: LocalTime): string {
  return `${weekdays[weekday] ?? ""} ${date} ${clockText(second)}`;
}

function clockText(second: number): string {
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${pad(Math.floor(second / 3_600))}:${pad(Math.floor(second / 60) % 60)}`;
}
