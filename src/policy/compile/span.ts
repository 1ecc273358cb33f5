/** Durations as documents write them, in seconds. */
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import { refusal } from "./refusal.ts";

/** What is left out is no time at all. */
export function seconds(text: string | undefined): number {
  return text === undefined ? 0 : duration.parse(text);
}

/** Throws `InvalidValue` `policy.duration` with the field when it is no time at all. */
export function positive(text: string, field: string): number {
  try {
    const length = duration.parse(text);
    if (length > 0) return length;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw refusal("duration", field, error.message);
  }
  throw refusal("duration", field, `\`${text}\` is no time at all`);
}

export function optionally(text: string | undefined, field: string): number | undefined {
  return text === undefined ? undefined : positive(text, field);
}
