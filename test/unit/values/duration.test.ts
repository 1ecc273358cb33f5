/** A duration has one unit and reads back as written. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { format, parse } from "../../../src/values/duration.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

it.each([
  ["0s", 0],
  ["30s", 30],
  ["30m", 1_800],
  ["48h", 172_800],
  ["7d", 604_800],
])("reads %s as %s seconds", (text, seconds) => {
  expect(parse(text)).toBe(seconds);
});

it.each([
  "",
  "1",
  "s",
  "1w",
  "1.5h",
  "-1s",
  "+1s",
  "01s",
  " 1s",
  "1s ",
  "1S",
  "1h30m",
  "99999999s",
  "١s",
  60,
  null,
  undefined,
])("does not read %j", (text) => {
  expect(() => parse(text)).toThrow(InvalidValue);
});

it("reads what it writes", () => {
  fc.assert(
    fc.property(fc.nat(9_999_999), (seconds) => {
      expect(parse(format(seconds))).toBe(seconds);
    }),
  );
});

it("writes the largest whole unit", () => {
  expect([60, 90, 3_600, 86_400, 172_800, 0].map(format)).toEqual(["1m", "90s", "1h", "1d", "2d", "0s"]);
});
