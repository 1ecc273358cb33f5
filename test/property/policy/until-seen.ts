/** Random cases in rounds, until a law was tried on enough of each kind: one round may by chance meet too few of a kind. */
import fc from "fast-check";
import { expect } from "vitest";

/** A kind that ten rounds do not meet is not met by the generator, which is a fault of the test. */
const mostRounds = 10;

/**
 * Runs `round`, which counts into `seen` what it meets, at least once and until `seen` has `least` of each kind named there.
 * Every round has a seed of its own, which follows from the configured one.
 */
export function untilSeen<Kind extends string>(
  seen: Readonly<Record<Kind, number>>,
  least: Readonly<Partial<Record<Kind, number>>>,
  round: (random: fc.Parameters<unknown>) => void,
): void {
  const kinds = Object.keys(least) as Kind[];
  const isEnough = (): boolean => kinds.every((kind) => seen[kind] >= (least[kind] ?? 0));
  const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);
  for (let index = 0; index === 0 || (index < mostRounds && !isEnough()); index += 1) round({ seed: seed + index });
  expect(isEnough(), JSON.stringify(seen)).toBe(true);
}
