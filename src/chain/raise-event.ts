/** Events that say what a share of Backed's token is, or becomes. */
import type { SeenLog } from "../evidence/outcome.ts";
import type { FurtherArguments } from "../intent/further-argument.ts";
import { zero } from "../values/amount.ts";
import { mismatch, times, topic, type Mismatch } from "./mismatch.ts";

/** What it is from now on, and what it becomes at an instant that has not come. */
const updated = topic("MultiplierUpdated(uint256)");
const scheduled = topic("MultiplierScheduled(uint256,uint256)");

/**
 * The last one says the approved multiplier, for its time where that has not come. One may stand before it: a token that nobody moved
 * since its fees were due, or since something announced began, writes down what it is before it is raised, which is what was replaced.
 */
export function compareRaise(
  logs: readonly SeenLog[],
  { newMultiplier = zero, oldMultiplier = zero, activationTime: at }: FurtherArguments,
): { readonly kind: "as-approved" } | Mismatch {
  const changes = logs.filter(({ topics: [name] }) => name === updated || name === scheduled);
  const last = changes.at(-1);
  if (last === undefined || changes.length > 2)
    return mismatch("event", "1 change of the multiplier", times(changes.length, "change of the multiplier"));
  if (changes.length === 2 && !isReplaced(changes[0], oldMultiplier))
    return mismatch("event", "what was replaced, before it", "another change before it");
  if (last.topics.length !== 1) return mismatch("event", "what a share is", "an event of another shape");
  const expected = last.topics[0] === updated ? words(newMultiplier) : words(newMultiplier, BigInt(at ?? 0));
  return last.data === expected ? { kind: "as-approved" } : mismatch("multiplier", expected, last.data);
}

function isReplaced(log: SeenLog | undefined, oldMultiplier: bigint): boolean {
  return log?.topics.join() === updated && log.data === words(oldMultiplier);
}

function words(...values: readonly bigint[]): string {
  return `0x${values.map((value) => value.toString(16).padStart(64, "0")).join("")}`;
}
