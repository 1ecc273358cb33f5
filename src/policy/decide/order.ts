/** Orders of a quorum: where each stage ends in the sequence of votes, so that the next begins when it was complete. */
import type { Name } from "../../values/name.ts";
import type { Place, Way } from "../compile/way.ts";

/** Which places may be taken, and of each order the position after which each stage begins. */
export type Arrangement = {
  /** Places by index. */
  readonly among: readonly number[];
  /** By order: the position that people of stage n stand above; the first stage begins below all. */
  readonly begins: ReadonlyMap<number, readonly number[]>;
};

type Standing = ReadonlyMap<Name, { readonly position: number }>;

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
  return { among: way.map((_, index) => index), begins: new Map() };
}

/**
 * The arrangement with the shortest stages in which every place is taken. When there is none, the one that shows what is lacking:
 * stage after stage as soon as each is complete, and nobody in a stage whose turn has not come.
 */
export function arrangements(
  way: Way,
  voters: Standing,
  { full, tries }: { readonly full: (tried: Arrangement) => boolean; readonly tries: Tries },
): Arrangement {
  const orders = stagesOf(way);
  if (orders.size === 0) return whenever(way);
  const positions = [...new Set([...voters.values()].map(({ position }) => position))].sort((a, b) => a - b);
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

/** Beside other seats the shortest stage may take somebody whom they need, so every combination of ends is tried. */
function joint(
  way: Way,
  { orders, positions, tries }: Ground,
  full: (tried: Arrangement) => boolean,
): Arrangement | undefined {
  const among = way.map((_, index) => index);
  const choices = [...orders].map(([order, stages]) =>
    ends(positions, stages - 1).map((starts) => [order, starts] as const),
  );
  if (choices.reduce((product, some) => product * some.length, 1) > tries.left) return undefined;
  const combinations = choices.reduce<readonly (readonly (readonly [number, readonly number[]])[])[]>(
    (made, some) => made.flatMap((one) => some.map((choice) => [...one, choice])),
    [[]],
  );
  for (const combination of combinations) {
    const arrangement = { among, begins: new Map(combination) };
    tries.left -= 1;
    if (full(arrangement)) return arrangement;
  }
  return undefined;
}

/** Every ascending choice of where `count` stages end, before the last one; each begins with the start below all. */
function ends(positions: readonly number[], count: number): readonly (readonly number[])[] {
  let made: readonly (readonly number[])[] = [[below]];
  for (let stage = 0; stage < count; stage += 1) {
    made = made.flatMap((starts) =>
      positions.filter((position) => position > (starts.at(-1) ?? below)).map((position) => [...starts, position]),
    );
    if (made.length > maxTries) return made;
  }
  return made;
}

/** Stage by stage, each as short as can be; exact for an order that stands alone. */
function inTurn(way: Way, { orders, positions }: Ground, full: (tried: Arrangement) => boolean): Arrangement {
  const begins = new Map<number, readonly number[]>();
  const open = new Set(way.flatMap(({ turn }, index) => (turn === undefined ? [index] : [])));
  for (const [order, stages] of orders) {
    let starts: readonly number[] = [below];
    for (let stage = 0; stage < stages; stage += 1) {
      const among = way.flatMap(({ turn }, index) => (turn?.order === order && turn.stage === stage ? [index] : []));
      for (const index of among) open.add(index);
      const start = starts.at(-1) ?? below;
      const end = positions
        .filter((position) => position > start)
        .find((position) => full({ among, begins: new Map([[order, [...starts, position]]]) }));
      if (end === undefined || stage === stages - 1) break;
      starts = [...starts, end];
    }
    begins.set(order, starts);
  }
  return { among: [...open].sort((a, b) => a - b), begins };
}
