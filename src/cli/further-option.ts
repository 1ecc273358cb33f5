/** Options for arguments that only some operations have. */
import type { FurtherName } from "../intent/operation.ts";
import * as instant from "../values/instant.ts";
import * as multiplier from "../values/multiplier.ts";
import type { Wish } from "../sdk/submission.ts";
import type { Given } from "./command.ts";
import { option, parseCount } from "./option-value.ts";

/** What was given of them, as typed; whether the operation has it is for the intent to say. */
export function furtherGiven(given: Given): Partial<Pick<Wish, FurtherName>> {
  const country = given.maybe("country");
  const texts = plain.flatMap((name): readonly (readonly [string, string])[] => {
    const text = given.maybe(name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    ...raiseGiven(given),
    ...Object.fromEntries<string>(texts),
    ...(country === undefined ? {} : { country: option("country", country, parseCount) }),
  };
}

/** Multipliers as people write them, `1.0042`, and the time as `2026-12-01T00:00:00Z`. */
function raiseGiven(given: Given): Partial<Pick<Wish, "newMultiplier" | "oldMultiplier" | "activationTime">> {
  const [next, old, at] = [
    given.maybe("new-multiplier"),
    given.maybe("old-multiplier"),
    given.maybe("activation-time"),
  ];
  const units = (name: string, text: string): string =>
    option(name, text, (written) => multiplier.parse(written)).toString();
  return {
    ...(next === undefined ? {} : { newMultiplier: units("new-multiplier", next) }),
    ...(old === undefined ? {} : { oldMultiplier: units("old-multiplier", old) }),
    ...(at === undefined ? {} : { activationTime: option("activation-time", at, instant.fromIso) }),
  };
}

const plain = ["from", "identity", "destination", "issuer", "topic", "claim", "signature"] as const;
