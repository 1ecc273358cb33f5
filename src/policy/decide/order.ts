/** Orders of a quorum: where each stage ends in the sequence of votes, so that the next begins when it was complete. */
import type { Place, Way } from "../compile/way.ts";

/** Which places may be taken, and of each order the position after which each stage begins. */
export type Arrangement = {
  readonly among: readonly Spot[];
  /** By order: the position that people of stage n stand above; the first stage begins below all. */
  readonly begins: ReadonlyMap<number, readonly number[]>;
};

/** A place and where it stands in its way. */
export type Spot = readonly [number, Place];

/** Somebody who voted, at a position in the order of votes. */
type Standing = { readonly position: number };

const below = -1;
/**
 * More combinations of ends than this are not tried, over all ways of one quorum together: then the order is not met. A thousand
 * ways of two thousand combinations each would keep the gate busy for minutes with one decision.
 */
const maxTries = 2_000;

/** How many combinations may still be tried for one quorum. */
export type Tries = { left: number };

export function allTries(): Tries {
  return { left: maxTries };
}

/** Whether somebody who stands at the position may take the place. */
export function openTo({ begins }: Arrangement, { turn }: Place, position: number): boolean {
  if (turn === undefined) return true;
  const starts = begins.get(turn.order);
  if (starts === undefined) return true;
  const [start, end] = [starts[turn.stage], starts[turn.stage + 1]];
  return start !== undefined && position > start && (end === undefined || position <= end);
}

/** Every place, whoever voted when: in some order of votes they can all be taken. */
export function whenever(way: Way): Arrangement {
  return { among: [...way.entries()], begins: new Map() };
}

/**
 * The arrangement with the shortest stages in which every place is taken. When there is none, the one that shows what is lacking:
 * stage after stage as soon as each is complete, and nobody in a stage whose turn has not come.
 */
export function arrangements(
  way: Way,
  voters: readonly Standing[],
  { full, tries }: { readonly full: (tried: Arrangement) => boolean; readonly tries: Tries },
): Arrangement {
  const orders = stagesOf(way);
  if (orders.size === 0) return whenever(way);
  const positions = [...new Set(voters.map(({ position }) => position))].sort((a, b) => a - b);
  const lone = orders.size === 1 && way.every(({ turn }) => turn !== undefined);
  const ground = { orders, positions, tries };
  // Whoever can not all sit down whatever the order, can not in any order.
  const tried = lone || !full(whenever(way)) ? undefined : joint(way, ground, full);
  return tried ?? inTurn(way, ground, full);
}

/** How many stages each order has. */
function stagesOf(way: Way): ReadonlyMap<number, number> {
  const orders = new Map<number, number>();
  for (const { turn } of way)
    if (turn !== undefined) orders.set(turn.order, Math.max(orders.get(turn.order) ?? 0, turn.stage + 1));
  return orders;
}

type Ground = {
  readonly orders: ReadonlyMap<number, number>;
  readonly positions: readonly number[];
  readonly tries: Tries;
};

/** Beside other seats the shortest stage may take somebody whom they need, so every combination of ends is tried, unless they are too many. */
function joint(
  way: Way,
  { orders, positions, tries }: Ground,
  full: (tried: Arrangement) => boolean,
): Arrangement | undefined {
  const counts = [...orders.values()].map((stages) => choices(positions.length, stages - 1));
  if (counts.reduce((product, count) => product * count, 1) > tries.left) return undefined;
  const combinations = [...orders].reduce<readonly (readonly (readonly [number, readonly number[]])[])[]>(
    (made, [order, stages]) => {
      const starts = ends(positions, stages - 1).map((later) => [order, [below, ...later]] as const);
      return made.flatMap((one) => starts.map((choice) => [...one, choice]));
    },
    [[]],
  );
  for (const combination of combinations) {
    const arrangement = { ...whenever(way), begins: new Map(combination) };
    tries.left -= 1;
    if (full(arrangement)) return arrangement;
  }
  return undefined;
}

/** How many ways there are to choose `count` of `from`. */
function choices(from: number, count: number): number {
  let ways = 1;
  for (let chosen = 0; chosen < count; chosen += 1) ways = (ways * (from - chosen)) / (chosen + 1);
  return ways;
}

/** Every ascending choice of where `count` stages end. */
function ends(positions: readonly number[], count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return positions.flatMap((end, index) => ends(positions.slice(index + 1), count - 1).map((later) => [end, ...later]));
}

/** Stage by stage, each as short as can be; exact for an order that stands alone. A stage that does not begin is open to nobody. */
function inTurn(way: Way, { orders, positions }: Ground, full: (tried: Arrangement) => boolean): Arrangement {
  const begins = new Map<number, readonly number[]>();
  for (const [order, stages] of orders) {
    let starts: readonly number[] = [below];
    for (let stage = 0; stage < stages - 1; stage += 1) {
      const among = [...way.entries()].filter(([, { turn }]) => turn?.order === order && turn.stage === stage);
      const end = positions.find((position) => full({ among, begins: new Map([[order, [...starts, position]]]) }));
      if (end === undefined) break;
      starts = [...starts, end];
    }
    begins.set(order, starts);
  }
  return { ...whenever(way), begins };
}
