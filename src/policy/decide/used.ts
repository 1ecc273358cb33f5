/** What the facts say is used of a limit or ceiling, and the words for it. */
import * as instant from "../../values/instant.ts";
import type { Facts, Spend } from "../facts.ts";
import { levelOf } from "./measure.ts";
import { counted, roomText, total } from "./spending.ts";
import type { Counted, UsageQuestion } from "./usage.ts";

export type Used = {
  /** Counts against the maximum. */
  readonly level: bigint;
  readonly added: bigint;
  readonly removed: bigint;
  /** How many allocations `added` is the sum of; facts of 0.1.0 do not say it. */
  readonly count: number | undefined;
  /** `; room from 2026-11-23T10:00:00Z`, `; more than the whole`, or nothing. */
  readonly room: string;
};

/** Undefined when nobody counted it: then no clause that asks for it holds. */
export function usedOf(facts: Facts, question: UsageQuestion): Used | undefined {
  const { usage, spends, now } = facts;
  if (usage === undefined) return spends === undefined ? undefined : fromSpends(spends, question, now);
  const known = usage[question.key];
  if (known === undefined) return undefined;
  const { added, removed, count, roomAt } = known;
  const level = levelOf(question.metric, known);
  return { level, added, removed, count, room: roomWords(question, level, roomAt) };
}

function roomWords({ asked, max }: UsageQuestion, level: bigint, roomAt: instant.Instant | null): string {
  if (max === undefined || level + asked <= max) return "";
  if (asked > max) return "; more than the whole";
  return roomAt === null ? "" : `; room from ${instant.toIso(roomAt)}`;
}

/** Facts of 0.1.0 carry every spend; they know neither counts nor nets nor calendars, since no policy of theirs did. */
function fromSpends(spends: readonly Spend[], question: UsageQuestion, now: instant.Instant): Used | undefined {
  const { metric, added: what, ends, asked, max } = question;
  if (metric !== "sum" || ends.kind !== "rolling") return undefined;
  const some = counted(spends, now, ends.seconds).flatMap((spend) => valueIn(spend, what) ?? []);
  const added = total(some);
  const room = max === undefined ? "" : roomText(some, ends.seconds, { asked, max });
  return { level: added, added, removed: 0n, count: undefined, room };
}

function valueIn(spend: Spend, what: Counted): { at: instant.Instant; value: bigint } | undefined {
  if (what.kind === "fees")
    return spend.account === what.account ? { at: spend.at, value: spend.feeCeilingWei } : undefined;
  const counts = spend.asset === what.asset && what.operations.includes(spend.operation) && spend[what.per] === what.of;
  return counts ? { at: spend.at, value: spend.amount } : undefined;
}

/** What a clause says whose use nobody counted. */
export const uncounted = {
  code: "policy.evidence-missing",
  ok: false,
  curable: true,
  observed: "nobody counted its use",
} as const;

/** ` by 3 requests`, or nothing when nobody counted them. */
export function byRequests({ count, added }: Pick<Used, "count" | "added">): string {
  return count === undefined || (count === 0 && added > 0n) ? "" : ` by ${requests(count)}`;
}

export function requests(count: number | bigint): string {
  return `${count} ${BigInt(count) === 1n ? "request" : "requests"}`;
}
