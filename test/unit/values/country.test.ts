/** Countries: two letters, one number, and the table held against the one that comes with the runtime. */
import { expect, it } from "vitest";
import * as country from "../../../src/values/country.ts";
import { InvalidValue } from "../../../src/values/errors.ts";

/** Numbers of ISO 3166-1 that mean nobody now, though the runtime still knows who came after: the Soviet Union, Czechoslovakia, Yugoslavia. */
const withdrawn = [172, 200, 230, 249, 278, 280, 530, 532, 536, 582, 720, 736, 810, 830, 886, 890, 891];
/** From here on the runtime maps numbers that nobody may use for a country. */
const privateFrom = 958;

/** What the runtime says of a number: its table of regions is CLDR's, and none of ours. */
function known(number: number): string | undefined {
  const region = new Intl.Locale(`und-${String(number).padStart(3, "0")}`).region ?? "";
  return /^[A-Z]{2}$/.test(region) ? region : undefined;
}

it("is every country that the runtime knows by its number, under the same letters", () => {
  const numbers = Array.from({ length: privateFrom - 1 }, (_, index) => index + 1);
  const expected = numbers.map((number) => (withdrawn.includes(number) ? undefined : known(number)));
  expect(numbers.map((number) => country.fromNumber(number))).toEqual(expected);
  expect(country.countries).toHaveLength(249);
});

it("has one number, and a number one country", () => {
  for (const one of country.countries) expect(country.fromNumber(country.numberOf(one))).toBe(one);
  expect(new Set(country.countries.map(country.numberOf)).size).toBe(249);
  expect(["CH", "LI", "US", "RU", "AF"].map((text) => country.numberOf(country.parse(text)))).toEqual([
    756, 438, 840, 643, 4,
  ]);
});

it("is none of a number that was withdrawn, that nobody keeps, or that is none", () => {
  for (const number of [0, -4, 4.5, 1000, 756.1, 65_535, Number.NaN, 958, 983, 999, ...withdrawn])
    expect(country.fromNumber(number)).toBeUndefined();
});

it.each(["ch", "CHE", "756", "", "C", " CH", "CH ", "XX", "XK", "EU", "AA", "__proto__", 756, null, undefined])(
  "refuses %j, which is no country in its one spelling",
  (text) => {
    expect(() => country.parse(text)).toThrow(InvalidValue);
    expect(() => country.parse(text)).toThrow("is not a country of ISO 3166-1");
  },
);
