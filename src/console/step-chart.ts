/** Amounts that stay until they change, as lines over time: a drawing of our own, read out as a sentence, with its numbers in a table beside it. */
import { h, type JSX } from "preact";
import type { Point } from "./backing-history.ts";

export type Line = { readonly name: string; readonly points: readonly Point[] };

/** Of the drawing; the page scales it. */
const size = { width: 600, height: 220, left: 4, right: 4, top: 10, bottom: 10 };

type Say = {
  readonly amount: (value: bigint) => string;
  readonly time: (at: number) => string;
  /** What is above it is drawn at it. */
  readonly top?: bigint;
};

/** `until` is the end of the time that is drawn. Nothing is drawn of lines without points. */
export function stepChart(lines: readonly Line[], until: number, say: Say): JSX.Element | null {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0) return null;
  const from = Math.min(...points.map(({ at }) => at));
  const greatest = points.reduce((max, { value }) => (value > max ? value : max), 1n);
  const most = say.top !== undefined && say.top < greatest ? say.top : greatest;
  const x = (at: number): number => scale((at - from) / Math.max(1, until - from), size.left, size.width - size.right);
  // Ten thousand steps are finer than any screen, and a float holds them.
  const y = (value: bigint): number =>
    scale(Math.min(1, Number((value * 10_000n) / most) / 10_000), size.height - size.bottom, size.top);
  return h(
    "figure",
    { class: "chart" },
    h(
      "svg",
      { viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": sentence(lines, say.amount) },
      h("path", { class: "axis", d: `M${size.left} ${y(0n)}H${size.width - size.right}` }),
      ...lines.map((line, index) =>
        h("path", { class: `line line-${index + 1}`, d: pathOf(line.points, until, { x, y }) }),
      ),
    ),
    h(
      "figcaption",
      {},
      ...lines.map(({ name }, index) => h("span", { class: `key key-${index + 1}` }, name)),
      h("span", {}, `${say.time(from)} to ${say.time(until)}; the top is ${say.amount(most)}`),
    ),
  );
}

function scale(share: number, start: number, end: number): number {
  return Math.round((start + share * (end - start)) * 10) / 10;
}

/** Flat until the next point, and on to the end. */
function pathOf(
  points: readonly Point[],
  until: number,
  { x, y }: { readonly x: (at: number) => number; readonly y: (value: bigint) => number },
): string {
  const [first, ...rest] = points;
  if (first === undefined) return "M0 0";
  return [
    `M${x(first.at)} ${y(first.value)}`,
    ...rest.map(({ at, value }) => `H${x(at)}V${y(value)}`),
    `H${x(until)}`,
  ].join("");
}

function sentence(lines: readonly Line[], amount: (value: bigint) => string): string {
  const parts = lines.flatMap(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      first === last ? `${name} ${amount(last.value)}` : `${name} from ${amount(first.value)} to ${amount(last.value)}`,
    ];
  });
  return parts.join("; ");
}
