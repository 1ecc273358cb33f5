/** The states of a request as the service sees it: adjectives, and which of them nothing follows. */
import { z } from "zod";

export const states = [
  "submitted",
  "pending",
  "ready",
  "allocated",
  "signing",
  "signed",
  "broadcast",
  "mined",
  "final",
  "reverted",
  "refused",
  "rejected",
  "vetoed",
  "expired",
  "cancelled",
  "needs-operator",
] as const;

export type State = (typeof states)[number];

export const stateSchema = z.enum(states);

/** States in which a decision is still ahead: the last one comes right before a token is asked. */
export const undecided = ["submitted", "pending", "ready", "allocated", "signing"] as const;

/** States that a request never leaves. */
export const ends = ["final", "reverted", "refused", "rejected", "vetoed", "expired", "cancelled"] as const;

export function isUndecided(state: State): boolean {
  return undecided.some((one) => one === state);
}

export type End = (typeof ends)[number];

export function isEnd(state: State): state is End {
  return ends.some((end) => end === state);
}
