/** How long calls take on a machine that others use too: medians of rounds, and percentiles of calls that kept the core. */
import { median } from "./figure.ts";

/** Runs `work` over all items, so many at once. */
export async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const next = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of next) await work(item);
    }),
  );
}

/** Median milliseconds of one call, over rounds long enough for the clock. */
export function timeOf(call: () => unknown, roundMs = 100, rounds = 9): number {
  const round = (): number => {
    const began = performance.now();
    let calls = 0;
    while (performance.now() - began < roundMs) {
      call();
      calls += 1;
    }
    return (performance.now() - began) / calls;
  };
  round();
  return median(Array.from({ length: rounds }, round));
}

/**
 * Milliseconds of processor time that this thread spends on one call of each work; for calls so long that hardly one keeps the
 * core on a busy machine. Rounds take turns, and the answer is the quickest: what the neighbours of a core
 * add through its caches is never less than nothing.
 */
export function processorTimesOf<K extends string>(
  works: Readonly<Record<K, () => unknown>>,
  { rounds = 15, callsPerRound = 40 } = {},
): Readonly<Record<K, number>> {
  const names = Object.keys(works) as K[];
  const found = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const began = process.threadCpuUsage();
      for (let call = 0; call < callsPerRound; call += 1) works[name]();
      const { user, system } = process.threadCpuUsage(began);
      // The first round warms up.
      if (round > 0) found.get(name)?.push((user + system) / 1_000 / callsPerRound);
    }
  }
  return Object.fromEntries(names.map((name) => [name, Math.min(...(found.get(name) ?? []))])) as Record<K, number>;
}

/** Milliseconds of single calls. */
export type Spread = {
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
  /** Calls in which the scheduler gave the core to somebody else: what they took says nothing of the code, so they are not among `calls`. */
  readonly interrupted: number;
};

/**
 * Spreads of several works, whose rounds take turns so that all meet the same machine; each percentile is the median of its rounds.
 * What the code itself brings about, such as collecting garbage, stays in.
 */
export function spreadsOf<K extends string>(
  works: Readonly<Record<K, () => unknown>>,
  { rounds = 11, callsPerRound = 2_000, warmUpCalls = 2_000 } = {},
): Readonly<Record<K, Spread>> {
  const names = Object.keys(works) as K[];
  const found = new Map<K, Spread[]>(names.map((name) => [name, []]));
  for (const name of names) spreadOf(works[name], warmUpCalls);
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) found.get(name)?.push(spreadOf(works[name], callsPerRound));
  return Object.fromEntries(names.map((name) => [name, together(found.get(name) ?? [])])) as Record<K, Spread>;
}

function spreadOf(work: () => unknown, calls: number): Spread {
  const kept: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const switches = interruptions();
    const began = performance.now();
    work();
    const ms = performance.now() - began;
    if (interruptions() === switches) kept.push(ms);
  }
  kept.sort((a, b) => a - b);
  const at = (share: number): number => kept[Math.floor(kept.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), calls: kept.length, interrupted: calls - kept.length };
}

function interruptions(): number {
  return process.resourceUsage().involuntaryContextSwitches;
}

function together(rounds: readonly Spread[]): Spread {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  // A round of which no call kept the core says nothing.
  const told = rounds.filter(({ calls }) => calls > 0);
  return {
    p50: median(told.map(({ p50 }) => p50)),
    p99: median(told.map(({ p99 }) => p99)),
    calls: sum(rounds.map(({ calls }) => calls)),
    interrupted: sum(rounds.map(({ interrupted }) => interrupted)),
  };
}
