/** A country by its two letters (ISO 3166-1 alpha-2), as people write it, and by the number that registries on a chain keep. */
import { table } from "./country-table.ts";
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Country = string & { readonly brandCountry: true };

const byLetters = new Map<string, number>();
const byNumber = new Map<number, Country>();
for (const word of table.join(" ").split(" ")) {
  const [letters, number] = [word.slice(0, 2), Number(word.slice(2))];
  byLetters.set(letters, number);
  byNumber.set(number, letters as Country);
}

/** Capital letters only: one spelling of one country. */
export function parse(text: unknown): Country {
  if (typeof text !== "string" || !byLetters.has(text))
    throw new InvalidValue("value.country", `\`${quote(text)}\` is not a country of ISO 3166-1, such as \`CH\``);
  return text as Country;
}

export function numberOf(country: Country): number {
  return byLetters.get(country) ?? 0;
}

/** Undefined for 0, which registries keep of somebody they do not know, and for every other number that is no country. */
export function fromNumber(number: number): Country | undefined {
  return byNumber.get(number);
}

/** In the order of their letters. */
export const countries: readonly Country[] = [...byNumber.values()].sort();
