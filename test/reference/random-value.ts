/** Random tests of a value that it passes or fails, and amounts as documents write them. */
import { greatest } from "./measure.ts";
import type { Comparison, PlainCase, ValueTest } from "./plain.ts";
import type { Chooser } from "./tape.ts";

/** `12.5 GLD` of base units. */
export function inUnits(value: bigint, unit: string, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`} ${unit}`;
}

/** Comparisons that the value passes, or fails by a little or a lot. */
export function comparison(
  choose: Chooser,
  value: bigint,
  holds: boolean,
  write: (value: bigint) => string,
): Comparison {
  const step = choose.of([1n, 1n, 7n, 10n ** 6n]);
  const said = (bound: bigint): string => write(bound);
  const above = value + step > greatest ? greatest : value + step;
  const under = value < step ? 0n : value - step;
  const passing: Comparison[] = [
    { lte: said(value) },
    { lte: said(above) },
    { gte: said(value) },
    { gte: said(under) },
    { eq: said(value) },
    { gte: said(under), lte: said(value) },
    ...(value < greatest ? [{ lt: said(value + 1n) }, { gte: said(value), lt: said(value + 1n) }] : []),
    ...(value > 0n ? [{ gt: said(value - 1n) }, { gt: said(value - 1n), lte: said(above) }] : []),
  ];
  const failing: Comparison[] = [
    ...(value < greatest
      ? [{ gt: said(value) }, { gte: said(above) }, { eq: said(value + 1n) }, { gt: said(value), lte: said(greatest) }]
      : []),
    ...(value > 0n
      ? [{ lt: said(value) }, { lte: said(under) }, { eq: said(value - 1n) }, { gte: said(0n), lt: said(value) }]
      : []),
  ].filter((test) => test.gt !== said(greatest));
  return choose.of(holds ? passing : failing);
}

export function listTest(one: PlainCase, choose: Chooser, address: string, holds: boolean): ValueTest {
  const lists = Object.entries(one.policy.lists ?? {}).map(([name, { entries }]) => ({
    name,
    has: entries.some((entry) => entry.address === address),
  }));
  const choices = lists.map(({ name, has }) => (has === holds ? { in: name } : { notIn: name }));
  return choose.of(choices);
}
