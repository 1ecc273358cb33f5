/** The answer to how much is used, and from when there is room, from sums that somebody keeps. */
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Usage } from "../facts.ts";
import type { UsageQuestion } from "./usage.ts";
import { after } from "./wait.ts";

export type Sum = { readonly sum: bigint; readonly count: number };
/** Sums over everything that counts after an instant. */
export type Sums = { readonly added: (since: number) => Sum; readonly removed: (since: number) => Sum };

type Used = Omit<Usage, "roomAt">;

/** What counts against the maximum; a net can be below 0. */
export function levelOf(metric: UsageQuestion["metric"], { added, removed, count }: Used): bigint {
  switch (metric) {
    case "sum":
      return added;
    case "count":
      return BigInt(count);
    case "net":
      return added - removed;
  }
}

/** The answer from sums that somebody keeps. `now` is no earlier than anything they counted. */
export function measure(question: UsageQuestion, sums: Sums, now: Instant): Usage {
  const used = usedAfter(question, sums, question.since);
  return { ...used, roomAt: roomAt(question, sums, { used, now }) ?? null };
}

/** A number that counts for nothing is 0. */
function usedAfter({ metric, removed }: UsageQuestion, sums: Sums, since: number): Used {
  const { sum, count } = sums.added(since);
  return {
    added: metric === "count" ? 0n : sum,
    removed: removed === undefined ? 0n : sums.removed(since).sum,
    count,
  };
}

type Present = { readonly used: Used; readonly now: Instant };

/** The first instant at which what is asked fits if nothing else is allocated; undefined when it fits now, or never. */
function roomAt(question: UsageQuestion, sums: Sums, { used, now }: Present): Instant | undefined {
  const { metric, asked, max, since, ends } = question;
  if (max === undefined || asked > max || levelOf(metric, used) + asked <= max) return undefined;
  if (ends.kind === "calendar") return ends.at;
  const probe: Probe = { question, sums, most: max - asked, left: probesMost };
  const first = firstFit(probe, since, now);
  return first === undefined ? undefined : after(instant.parse(Math.max(0, first)), ends.seconds);
}

type Probe = { readonly question: UsageQuestion; readonly sums: Sums; readonly most: bigint; left: number };

/** Far above what the search for one edge takes. A net whose sides rise and fall together may need more: it is then told a later instant. */
const probesMost = 2_000;

/**
 * The first `at` above `from`, up to `to`, after which no more than `most` counts. Both sides fall as their instant rises, so a part in
 * which even the least added less the most removed is too much holds no such instant, and is left out whole.
 */
function firstFit(probe: Probe, from: number, to: number): number | undefined {
  const { question, sums, most } = probe;
  probe.left -= 1;
  const atEnd = usedAfter(question, sums, to);
  const removedAtStart = question.removed === undefined ? 0n : sums.removed(from).sum;
  if (levelOf(question.metric, { ...atEnd, removed: removedAtStart }) > most) return undefined;
  if (to - from <= 1 || probe.left <= 0) return levelOf(question.metric, atEnd) <= most ? to : undefined;
  const middle = from + Math.floor((to - from) / 2);
  return firstFit(probe, from, middle) ?? firstFit(probe, middle, to);
}
