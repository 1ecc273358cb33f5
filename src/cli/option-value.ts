/** Values of options, read by the value modules, with the option's name in the refusal. */
import { parse as parseBytes32, type Bytes32 } from "../values/bytes32.ts";
import { parse as parseDuration } from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import { plus, type Instant } from "../values/instant.ts";

/** Runs a parser over an option, or an operand when the name is in capitals; a refusal names it as the usage line does. */
export function option<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(error.code, `${/^[A-Z]+$/.test(name) ? name : `--${name}`}: ${error.message}`, name);
  }
}

/** 32 bytes as `0x…` or, as documents write them, `sha256:…`. */
export function parseHash(text: string): Bytes32 {
  return parseBytes32(text.startsWith("sha256:") ? `0x${text.slice("sha256:".length)}` : text);
}

export function optionHash(name: string, text: string): Bytes32 {
  return option(name, text, parseHash);
}

/** An instant that lies a duration after now. */
export function optionAfter(name: string, text: string, now: Instant): Instant {
  return plus(now, option(name, text, parseDuration));
}

/** A whole number from 0 such as a block or a sequence. */
export function parseCount(text: string): number {
  if (/^(0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  throw new InvalidValue("value.count", `\`${text}\` is not a whole number`);
}
