/** A short name that documents use for people, groups, credentials, keys and assets. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Name = string & { readonly brandName: true };

export function parse(text: unknown): Name {
  if (typeof text !== "string" || !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text)) {
    throw new InvalidValue("value.name", `\`${quote(text)}\` is not a name: letters, digits and dashes, 64 at most`);
  }
  return text as Name;
}
