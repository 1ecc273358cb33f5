/** What a claim says, in words. */
import type { Policy } from "../policy.ts";
import { described, listed, requestsText, spanText } from "../words/spoken.ts";
import type { AlwaysClaim, Claim, NeverClaim } from "./claim.ts";

/** `never a mint of more than 1,000 GLD with fewer than 3 people`, or what can always come to be allowed. */
export function claimText(claim: Claim, policy: Policy): string {
  return claim.kind === "never" ? neverText(claim, policy) : alwaysText(claim, policy);
}

function neverText({ when, people, from, delaySeconds }: NeverClaim, policy: Policy): string {
  const lacks = [
    ...(people === undefined ? [] : [`with fewer than ${people} people`]),
    ...(from === undefined ? [] : [`without ${from.min} of ${from.group}`]),
    ...(delaySeconds === undefined ? [] : [`in less than ${spanText(delaySeconds)}`]),
  ];
  const what = described(when, policy);
  return [
    `never ${/^[aeiou]/.test(what) ? "an" : "a"}`,
    what,
    ...(lacks.length === 0 ? [] : [listed(lacks, "or")]),
  ].join(" ");
}

function alwaysText({ when, people, withinSeconds, afterLosing }: AlwaysClaim, policy: Policy): string {
  const bounds = [
    ...(people === undefined ? [] : [`by at most ${people === 1 ? "1 person" : `${people} people`}`]),
    ...(withinSeconds === undefined ? [] : [withinSeconds === 0 ? "at once" : `within ${spanText(withinSeconds)}`]),
    ...(afterLosing === 0 ? [] : [afterLosing === 1 ? "whoever is gone" : `whichever ${afterLosing} people are gone`]),
  ];
  return [`always: ${requestsText(when, policy)} can come to be allowed`, ...bounds].join(", ");
}
