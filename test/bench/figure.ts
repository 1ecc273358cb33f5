/** One measured figure beside what it is measured against, and the table of all of them. */

export type Figure = {
  readonly name: string;
  readonly value: string;
  /** Measured in the same run, or the aim it is held against. */
  readonly reference: string;
  /** What is demanded, in words; nothing is when the figure only informs. */
  readonly demand?: string;
  readonly missed: boolean;
};

export const perSecond = (rate: number): string => `${rate >= 100 ? rate.toFixed(0) : rate.toFixed(1)}/s`;
export const microseconds = (ms: number): string => `${(ms * 1_000).toFixed(1)} µs`;
export const milliseconds = (ms: number): string => `${ms.toFixed(2)} ms`;
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A duration that must stay under an aim. */
export function within(name: string, ms: number, aimMs: number): Figure {
  return {
    name,
    value: seconds(ms),
    reference: "-",
    demand: `at most ${seconds(aimMs)} on 2 cores`,
    missed: !(ms <= aimMs),
  };
}

/** A duration that must stay under an aim, in the unit it is written in. */
export function under(ms: number, aimMs: number, write: (ms: number) => string): Pick<Figure, "demand" | "missed"> {
  return { demand: `under ${write(aimMs)}`, missed: !(ms < aimMs) };
}

/** A share of a reference that must not fall under a least one. */
export function atLeast(ratio: number, least: number): Pick<Figure, "demand" | "missed"> {
  return { demand: `ratio ${ratio.toFixed(3)}, at least ${String(least)}`, missed: !(ratio >= least) };
}

/** A multiple of a reference that must not rise over a most one. */
export function atMost(ratio: number, most: number): Pick<Figure, "demand" | "missed"> {
  return { demand: `ratio ${ratio.toFixed(2)}, at most ${String(most)}`, missed: !(ratio <= most) };
}

export function table(figures: readonly Figure[]): string {
  const rows = [
    ["figure", "measured", "reference of the same run", "demanded", ""],
    ...figures.map(({ name, value, reference, demand, missed }) => [
      ...[name, value, reference, demand ?? "nothing", missed ? "MISSED" : demand === undefined ? "" : "met"],
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}
