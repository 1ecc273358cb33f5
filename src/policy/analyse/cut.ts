/** An interval cut where something changes. */
import type { Interval } from "../compile/condition.ts";

/** The pieces between the edges that lie inside, ascending; none of an empty interval. */
export function cut({ from, below }: Interval, edges: readonly bigint[]): readonly Interval[] {
  const inside = [...new Set(edges)].filter((edge) => from < edge && edge < below).sort((a, b) => (a < b ? -1 : 1));
  if (from >= below) return [];
  return [from, ...inside].map((start, index) => ({ from: start, below: inside[index] ?? below }));
}

/** What is in both. */
export function meet(one: Interval, other: Interval | undefined): Interval {
  if (other === undefined) return one;
  return {
    from: one.from > other.from ? one.from : other.from,
    below: one.below < other.below ? one.below : other.below,
  };
}
