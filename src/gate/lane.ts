/** The nonces of one account on one chain: the journal counts them, the chain may only confirm. */
import { refusal, type Refusal } from "./refusal.ts";

export type LaneFacts = {
  /** Highest nonce ever allocated, undefined for a fresh lane. */
  readonly highest: number | undefined;
  /** Account nonce that the observers agree on, undefined while they do not. */
  readonly observed: number | undefined;
};

export type NextNonce =
  | { readonly kind: "next"; readonly nonce: number }
  | { readonly kind: "closed"; readonly refusal: Refusal; readonly outsider: boolean };

/** An observed nonce above our next one means that somebody else used the key. */
export function nextNonce({ highest, observed }: LaneFacts): NextNonce {
  // A number that is no nonce opens no lane: beside NaN nothing is greater, and nobody would be found to be an outsider.
  if (observed === undefined || !isNonce(observed) || (highest !== undefined && !isNonce(highest))) {
    return {
      kind: "closed",
      outsider: false,
      refusal: refusal("gate.nonce-unknown", "the observers do not agree on the account's nonce yet"),
    };
  }
  const next = highest === undefined ? observed : highest + 1;
  if (observed > next) {
    const why = `the chain has ${String(observed)} transactions of this account, we signed ${String(next)}: somebody else used the key`;
    return { kind: "closed", outsider: true, refusal: refusal("gate.outsider-nonce", why) };
  }
  return { kind: "next", nonce: next };
}

function isNonce(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
