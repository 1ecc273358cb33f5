/** One line of text that people type: normalised, printable, and unable to disguise itself. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type Line = string & { readonly brandLine: true };

/** Control, format (bidirectional, zero-width), surrogate, private, unassigned, and separators other than the space. */
const forbidden = /[\p{C}\p{Zl}\p{Zp}]|[^\S ]/u;

/** At most `maxLength` UTF-16 units, NFC, no control or direction characters, no space at either end. */
export function parse(text: unknown, maxLength = 200): Line {
  if (typeof text !== "string" || text.length > maxLength) {
    throw new InvalidValue("value.line", `\`${quote(text)}\` is not a line of at most ${String(maxLength)} characters`);
  }
  if (forbidden.test(text) || text !== text.normalize("NFC") || text !== text.trim()) {
    throw new InvalidValue(
      "value.line-characters",
      "the text has control, invisible or direction characters, is not NFC, or begins or ends with a space",
    );
  }
  return text as Line;
}

/** An issuer's reference to what backs a request: visible ASCII without spaces, so that two references never look alike. */
export function parseReference(text: unknown): Line {
  if (typeof text !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/.test(text)) {
    throw new InvalidValue(
      "value.reference",
      `\`${quote(text)}\` is not a reference: letters, digits and . _ : / -, 64 at most`,
    );
  }
  return text as Line;
}
