/** BIP-32 paths that we use: below 44'/60', written in full; the library would read anything else as something else. */
import { z } from "zod";
import { InvalidValue } from "../../values/errors.ts";
import { quote } from "../../values/hex.ts";
import { lift } from "../../values/schema.ts";

declare const brand: unique symbol;
export type DerivationPath = string & { readonly [brand]: "DerivationPath" };

export const usualPath = "44'/60'/0'/0/0";

/** Throws InvalidValue: a missing apostrophe would silently be another, unhardened path. */
export function parse(input: unknown): DerivationPath {
  if (isPath(input)) return input;
  throw new InvalidValue("ledger.path", `\`${quote(input)}\` is not a path such as ${usualPath}`);
}

export const pathSchema = lift(z.string(), parse);

function isPath(input: unknown): input is DerivationPath {
  if (typeof input !== "string" || !/^44'\/60'\/\d{1,10}'(?:\/\d{1,10}){0,2}$/.test(input)) return false;
  return input.split("/").every((element) => {
    const digits = element.replace("'", "");
    return Number(digits) < 0x8000_0000 && String(Number(digits)) === digits;
  });
}
