/** What the value of each fact looks like: one spelling of one thing, or it is no fact. */
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { readFeed } from "./feed.ts";
import { readMultiplier } from "./multiplier.ts";
import { readOutcome } from "./outcome.ts";
import { readRegistries } from "./registries.ts";
import type { FactName } from "./subject.ts";
import { readTokenEvent } from "./token-event.ts";

const isAmount = (value: string): boolean => isSpelledAs(value, (text) => amount.parse(text).toString());
const isTruth = (value: string): boolean => value === "true" || value === "false";

const forms: Readonly<Record<FactName, (value: string) => boolean>> = {
  codehash: bytes32.is,
  implementation: (value) => isSpelledAs(value, address.parse),
  supply: isAmount,
  paused: isTruth,
  decimals: (value) => /^(?:0|[1-9][0-9]?)$/.test(value),
  multiplier: (value) => readMultiplier(value) !== undefined,
  sanctions: (value) => isSpelledAs(value, address.parse),
  registries: (value) => readRegistries(value) !== undefined,
  frozen: isAmount,
  verified: isTruth,
  country: (value) => /^(?:0|[1-9][0-9]{0,4})$/.test(value) && Number(value) <= 65_535,
  identity: (value) => isSpelledAs(value, address.parse),
  allowance: isAmount,
  holders: bytes32.is,
  held: isTruth,
  round: (value) => readFeed(value) !== undefined,
  nonce: (value) => readNonce(value) !== undefined,
  outcome: (value) => readOutcome(value) !== undefined,
  event: (value) => readTokenEvent(value) !== undefined,
};

/** Whether observers may say this of the fact; two of them that see the same thing say it in the same letters. */
export function isFactValue(fact: FactName, value: string): boolean {
  return forms[fact](value);
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
