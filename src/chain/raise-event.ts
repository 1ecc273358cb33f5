/** Events that say what a share of Backed's token is, or becomes. */
import type { SeenLog } from "../evidence/outcome.ts";
import type { FurtherArguments } from "../intent/further-argument.ts";
import { zero } from "../values/amount.ts";
import { mismatch, times, topic, type Mismatch } from "./mismatch.ts";

/**
 * The last one says the approved multiplier, for its time where that has not come. One may stand before it: a token that nobody moved
 * since its fees were due, or since something announced began, writes down what it is before it is raised, which is what was replaced.
 */
export function compareRaise(
  logs: readonly SeenLog[],
  { newMultiplier = zero, oldMultiplier = zero, activationTime: at }: FurtherArguments,
): { readonly kind: "as-approved" } | Mismatch {
  const changes = logs.filter(({ topics: [name] }) => name === updated || name === scheduled).map(textOf);
  const last = changes.pop() ?? "no change of the multiplier";
  if (changes.length > 1 || changes.some((one) => one !== `${updated} ${words(oldMultiplier)}`))
    return mismatch("event", "1 change of the multiplier", times(changes.length + 1, "change of the multiplier"));
  const expected = [`${updated} ${words(newMultiplier)}`, `${scheduled} ${words(newMultiplier, BigInt(at ?? 0))}`];
  return expected.includes(last) ? { kind: "as-approved" } : mismatch("multiplier", expected.join(" or "), last);
}

/** What a share is from now on, and what it becomes at an instant that has not come; nothing of either is indexed. */
const updated = topic("MultiplierUpdated(uint256)");
const scheduled = topic("MultiplierScheduled(uint256,uint256)");

function textOf({ topics, data }: SeenLog): string {
  return `${topics.join()} ${data}`;
}

function words(...values: readonly bigint[]): string {
  return `0x${values.map((value) => value.toString(16).padStart(64, "0")).join("")}`;
}
