/** Which of two demands for evidence asks for more, and the words for each. */
import * as duration from "../../values/duration.ts";
import { canonical } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import { additionText } from "../decide/demand-text.ts";
import type { Cover, Guard, GuardEffect, Ratio } from "../policy.ts";

type Evidence = Extract<GuardEffect, { kind: "reserves" | "price" | "identity" | "document" }>;

/** Whoever meets the first meets the second: of the same kind, by as many of the same group, no older and no looser. */
export function evidenceImplies({ then: one }: Guard, { then: other }: Guard): boolean {
  if (!isEvidence(one) || !isEvidence(other)) return false;
  if (one.by.group !== other.by.group || one.by.min < other.by.min) return false;
  return isNoOlder(one.maxAgeSeconds, other.maxAgeSeconds) && isNoLooser(one, other);
}

function isEvidence(effect: GuardEffect): effect is Evidence {
  return effect.kind !== "deny" && effect.kind !== "add";
}

function isNoOlder(one: number | undefined, other: number | undefined): boolean {
  return other === undefined || (one !== undefined && one <= other);
}

function isNoLooser(one: Evidence, other: Evidence): boolean {
  if (one.kind === "reserves")
    return (
      other.kind === "reserves" &&
      (one.lots || !other.lots) &&
      feedTexts(other).every((feed) => feedTexts(one).includes(feed)) &&
      coversNoLess(one.cover, other.cover)
    );
  if (one.kind !== "price") return one.kind === other.kind;
  if (other.kind !== "price" || one.quote !== other.quote) return false;
  return one.sources >= other.sources && isAtMost(one.deviation, other.deviation);
}

/** Each in every part of it. */
function feedTexts({ feeds }: Extract<Evidence, { kind: "reserves" }>): readonly string[] {
  return feeds.map((feed) =>
    canonical(toWire({ ...feed, implementation: feed.implementation ?? null, aggregator: feed.aggregator ?? null })),
  );
}

/** The same worth of the same reserves, no more of the asset on them, and what is warned of no later. */
function coversNoLess(one: Cover | undefined, other: Cover | undefined): boolean {
  if (other === undefined) return true;
  if (one === undefined || !isAtMost(one.ratio, other.ratio) || priceText(one) !== priceText(other)) return false;
  if (other.warn === undefined) return true;
  return (
    one.warn !== undefined &&
    isAtMost(one.warn.ratio, other.warn.ratio) &&
    canonical(toWire(one.warn.addition)) === canonical(toWire(other.warn.addition))
  );
}

function isAtMost(one: Ratio, other: Ratio): boolean {
  return one.numerator * other.denominator <= other.numerator * one.denominator;
}

/** `reserves × 1.00 by 1 of attestors within 1d`. */
export function evidenceText({ then }: Guard): string {
  if (!isEvidence(then)) return then.kind;
  const age = then.maxAgeSeconds === undefined ? "" : ` within ${duration.format(then.maxAgeSeconds)}`;
  return `${subjectText(then)} by ${then.by.min} of ${then.by.group}${age}`;
}

function subjectText(then: Evidence): string {
  switch (then.kind) {
    case "reserves":
      return `${then.cover === undefined ? "reserves, however many" : coverText(then.cover)}${then.lots ? ", lot by lot," : ""}${feedsText(then)}`;
    case "price":
      return `a price in ${then.quote} of ${then.sources} sources at most ${then.deviation.text} apart`;
    case "identity":
    case "document":
      return then.kind;
  }
}

function feedsText({ feeds }: Extract<Evidence, { kind: "reserves" }>): string {
  return feeds.length === 0 ? "" : `, no more than ${feeds.map(({ id }) => `feed ${id}`).join(" and ")},`;
}

/** Every part of it. */
function coverText(cover: Cover): string {
  const { ratio, warn } = cover;
  const early = warn === undefined ? "" : `, with ${additionText(warn.addition)} beyond × ${warn.ratio.text}`;
  return `reserves${priceText(cover)} × ${ratio.text}${early}`;
}

function priceText({ price }: Cover): string {
  if (price === undefined) return "";
  const { quote, sources, deviation, by, maxAgeSeconds, par } = price;
  const who = `${by.min} of ${by.group} within ${duration.format(maxAgeSeconds)}`;
  return ` at the middle price in ${quote} of ${sources} sources at most ${deviation.text} apart by ${who} over ${par.text}`;
}
