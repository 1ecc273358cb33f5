/** What the value of each fact looks like: one spelling of one thing, or it is no fact. */
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { readOutcome } from "./outcome.ts";
import { readRegistries } from "./registries.ts";
import type { FactName } from "./subject.ts";

/** Whether observers may say this of the fact; two of them that see the same thing say it in the same letters. */
export function isFactValue(fact: FactName, value: string): boolean {
  switch (fact) {
    case "codehash":
      return bytes32.is(value);
    case "implementation":
      return isSpelledAs(value, address.parse);
    case "supply":
    case "frozen":
    case "allowance":
      return isSpelledAs(value, (text) => amount.parse(text).toString());
    case "decimals":
      return /^(?:0|[1-9][0-9]?)$/.test(value);
    case "registries":
      return readRegistries(value) !== undefined;
    case "paused":
    case "verified":
      return value === "true" || value === "false";
    case "nonce":
      return readNonce(value) !== undefined;
    case "outcome":
      return readOutcome(value) !== undefined;
  }
}

/** An account's nonce, at most 2^53 − 1; anything else is undefined and never a number that was guessed. */
export function readNonce(text: string): number | undefined {
  const nonce = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(nonce) ? nonce : undefined;
}

function isSpelledAs(value: string, spell: (text: string) => string): boolean {
  try {
    return spell(value) === value;
  } catch (error) {
    if (error instanceof InvalidValue) return false;
    throw error;
  }
}
