/** When the same duty is tried again: soon at first, then at a bounded distance, for ever. */
import type { Instant } from "../values/instant.ts";
import { plus } from "../values/instant.ts";
import type { State } from "./state.ts";

const seconds = [1, 1, 1, 1, 2, 2, 3, 5, 8, 13, 20, 30] as const;

/** The longest distance between two tries in a state, in seconds. A transaction on its way is looked for more often than a lack of people. */
export const longestSeconds = {
  submitted: 5,
  pending: 30,
  ready: 5,
  allocated: 5,
  signing: 3,
  signed: 5,
  broadcast: 3,
  mined: 3,
  "needs-operator": 30,
} as const satisfies Readonly<Partial<Record<State, number>>>;

const longest: Readonly<Partial<Record<State, number>>> = longestSeconds;

/** Seconds to wait after so many tries in vain; the first is number 1. */
export function delaySeconds(state: State, attempts: number): number {
  const usual = seconds[Math.max(0, Math.min(attempts, seconds.length) - 1)] ?? 30;
  return Math.min(usual, longest[state] ?? 30);
}

/** When the nonce of an ended request is next looked after. */
export function closingAt(attempts: number, now: Instant): Instant {
  return plus(now, delaySeconds("signed", attempts));
}

export function retryAt(state: State, attempts: number, now: Instant): Instant {
  return plus(now, delaySeconds(state, attempts));
}
