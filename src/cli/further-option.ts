/** Options for arguments that only some operations have. */
import type { Wish } from "../sdk/submission.ts";
import type { Given } from "./command.ts";
import { option, parseCount } from "./option-value.ts";

/** What was given of them, as typed; whether the operation has it is for the intent to say. */
export function furtherGiven(given: Given): Pick<Wish, "from" | "identity" | "country" | "destination"> {
  const [from, identity, country] = [given.maybe("from"), given.maybe("identity"), given.maybe("country")];
  const destination = given.maybe("destination");
  return {
    ...(from === undefined ? {} : { from }),
    ...(identity === undefined ? {} : { identity }),
    ...(country === undefined ? {} : { country: option("country", country, parseCount) }),
    ...(destination === undefined ? {} : { destination }),
  };
}
