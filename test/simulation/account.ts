/** What is counted and kept of a simulated day. */
import type { Envelope } from "../../src/statement/envelope.ts";

/** One request that somebody brought: every amount is its own, so that an event on the chain names its request. */
export type Asked = {
  readonly said: Envelope;
  readonly approvals: readonly Envelope[];
  readonly amount: bigint;
  /** Whether the gate gave a receipt. */
  isTaken: boolean;
  /** What somebody said to end it. */
  ending: Envelope | undefined;
  /** By which its quorum cancelled what a token signed, or may have. */
  overruling: readonly Envelope[];
};

export const tallies = [
  ...([
    "events",
    "requests",
    "final",
    "kills",
    "reorgs",
    "fillers",
    "overruled",
    "put back",
    "twins",
    "halted",
    "full disks",
  ] as const),
  ...(["strangers", "released", "followed", "woken"] as const),
];
export type Tally = (typeof tallies)[number];
