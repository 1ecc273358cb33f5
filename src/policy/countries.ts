/** Where those may be from who get tokens or are registered. */
import * as country from "../values/country.ts";
import type { Country } from "../values/country.ts";
import type { Countries } from "./policy.ts";

/** A number that is no country is none that anybody may be from, also where only some countries are named as those which nobody may be from. */
export function permits(countries: Countries, number: number | undefined): boolean {
  const from = number === undefined ? undefined : country.fromNumber(number);
  return from !== undefined && isPermitted(countries, from);
}

function isPermitted({ kind, listed }: Countries, from: Country): boolean {
  return listed.has(from) === (kind === "only");
}

/** All of ISO 3166-1 that remain. */
export function permitted(countries: Countries): readonly Country[] {
  return country.countries.filter((one) => isPermitted(countries, one));
}

/** The number of the first country that is permitted, for a world in which all is well; that of none where none is. */
export function goodCountry(countries: Countries): number {
  const [first] = permitted(countries);
  return first === undefined ? 0 : country.numberOf(first);
}

/** `CH (756)`. */
export function countryText(number: number | undefined): string {
  if (number === undefined || number === 0) return "no country";
  const known = country.fromNumber(number);
  return known === undefined ? `${String(number)}, which is no country` : `${known} (${String(number)})`;
}

/** `one of CH, LI`, or `a country, but none of CU, IR`. */
export function countriesText({ kind, listed }: Countries): string {
  const named = [...listed].sort().join(", ");
  return kind === "only" ? `one of ${named}` : `a country, but none of ${named}`;
}
