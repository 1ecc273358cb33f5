/** Parts of a document side by side: whether the later one asks for no less than the earlier one. */
import type { z } from "zod";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import { canonical } from "../../values/json.ts";
import type { WrittenCondition, WrittenInterval } from "../document/condition-schema.ts";
import type { PolicyDocument } from "../document/document.ts";
import { parseQuantity, type Unit } from "../quantity.ts";
import type { additionSchema, distinctSchema, Quorum } from "../document/requirement.ts";

type WrittenAddition = z.output<typeof additionSchema>;
type WrittenDistinct = z.output<typeof distinctSchema>;

/** The same tree of the same groups, and no seat fewer anywhere. */
export function quorumTightens(old: Quorum, now: Quorum): boolean {
  if ("group" in old) return "group" in now && same({ ...old, min: 0 }, { ...now, min: 0 }) && now.min >= old.min;
  if ("all" in old) return "all" in now && pairwise(old.all, now.all);
  if ("any" in old) return "any" in now && pairwise(old.any, now.any);
  return "ordered" in now && pairwise(old.ordered, now.ordered);
}

function pairwise(old: readonly Quorum[], now: readonly Quorum[]): boolean {
  if (old.length !== now.length) return false;
  return old.every((part, index) => {
    const other = now[index];
    return other !== undefined && quorumTightens(part, other);
  });
}

/** A floor that is not said is 0. */
export function distinctTightens(old: WrittenDistinct | undefined, now: WrittenDistinct | undefined): boolean {
  return (now?.people ?? 0) >= (old?.people ?? 0) && (now?.units ?? 0) >= (old?.units ?? 0);
}

/** A delay that is not said is none. */
export function delayTightens(old: string | undefined, now: string | undefined): boolean {
  return duration.parse(now ?? "0s") >= duration.parse(old ?? "0s");
}

/** The same is added, and no less of it. */
export function additionTightens(old: WrittenAddition | undefined, now: WrittenAddition | undefined): boolean {
  if (old === undefined || now === undefined) return old === now;
  const quorums =
    old.quorum === undefined || now.quorum === undefined
      ? old.quorum === now.quorum
      : quorumTightens(old.quorum, now.quorum);
  return (
    quorums &&
    same(old.veto, now.veto) &&
    distinctTightens(old.distinct, now.distinct) &&
    delayTightens(old.delay, now.delay)
  );
}

type WrittenCountries = PolicyDocument["countries"];

/** Asked where nobody was asked; or of the same kind, and nobody is let in who was not. */
export function countriesTighten(old: WrittenCountries, now: WrittenCountries): boolean {
  if (old === undefined || now === undefined) return old === undefined;
  if ("only" in old) return "only" in now && now.only.every((one) => old.only.includes(one));
  return "never" in now && old.never.every((one) => now.never.includes(one));
}

export type Bounds = {
  /** Which bounds of amount and fee may be lower than they were. */
  readonly keys: readonly (keyof WrittenInterval)[];
  /** Of the amount. */
  readonly unit: Unit;
};

const ether: Unit = { unit: "ETH", decimals: 18 };

/** The same condition, but for bounds of amount and fee that stand where they stood and are lower. */
export function lowersBounds(
  old: WrittenCondition | undefined,
  now: WrittenCondition | undefined,
  { keys, unit }: Bounds,
): boolean {
  const bounds = { amount: null, maxFee: null };
  return (
    (old === undefined) === (now === undefined) &&
    same({ ...old, ...bounds }, { ...now, ...bounds }) &&
    lowersInterval(old?.amount, now?.amount, { keys, unit }) &&
    lowersInterval(old?.maxFee, now?.maxFee, { keys, unit: ether })
  );
}

function lowersInterval(
  old: WrittenInterval | undefined,
  now: WrittenInterval | undefined,
  { keys, unit }: Bounds,
): boolean {
  const [before, after] = [spelled(old), spelled(now)];
  if (before.size !== after.size) return false;
  return [...before].every(([key, text]) => {
    const other = after.get(key);
    if (other === undefined) return false;
    return text === other || (keys.some((one) => one === key) && isLowered(text, other, unit));
  });
}

function spelled(interval: WrittenInterval | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(interval ?? {}).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])));
}

/** `now` is no more than `before`, in the same unit; `max` is the most there is. */
export function isLowered(before: string, now: string, unit: Unit): boolean {
  const read = (text: string): bigint => (text === "max" ? amount.max : parseQuantity(text, unit, ""));
  return read(now) <= read(before);
}

/** Not said and said to be undefined are the same. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}
