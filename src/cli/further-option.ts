/** Options for arguments that only some operations have. */
import type { FurtherName } from "../intent/operation.ts";
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
    ...Object.fromEntries<string>(texts),
    ...(country === undefined ? {} : { country: option("country", country, parseCount) }),
  };
}

const plain = ["from", "identity", "destination", "issuer", "topic", "claim", "signature"] as const;
