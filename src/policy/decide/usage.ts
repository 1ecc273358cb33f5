/** How much of a limit or ceiling is used: the questions that a request puts to whoever counts. */
import { isIssuing, issuing, operationSchema, type Operation } from "../../intent/operation.ts";
import type { Instant } from "../../values/instant.ts";
import { hasAmount } from "../asked.ts";
import { startOf, startOfNext } from "../compile/calendar.ts";
import type { Case, Limit } from "../policy.ts";

/** What is added up: amounts of operations on an asset, alone or for one initiator, recipient or account; or an account's fee ceilings over all assets. */
export type Counted =
  | {
      readonly kind: "amounts";
      readonly asset: string;
      readonly operations: readonly Operation[];
      readonly per: Limit["per"];
      /** The initiator, recipient or account; the asset itself when it is counted per asset. */
      readonly of: string;
    }
  | { readonly kind: "fees"; readonly account: string };

export type UsageQuestion = {
  /** Id of the clause that needs the answer. */
  readonly key: string;
  readonly metric: "sum" | "count" | "net";
  /** Counts when it was allocated after `since` and did not finally revert; fees count all the same. */
  readonly added: Counted;
  /** Of metric `net` alone: counts when its final success was noted after `since`. */
  readonly removed: Counted | undefined;
  readonly since: number;
  /** When that which was allocated at an instant counts no more; undefined when no calendar says. */
  readonly ends:
    | { readonly kind: "rolling"; readonly seconds: number }
    | { readonly kind: "calendar"; readonly at: Instant | undefined };
  readonly asked: bigint;
  /** Undefined when it hangs on another fact. */
  readonly max: bigint | undefined;
};

/** Operations that take tokens out of the world once they are final. */
export const removing: readonly Operation[] = ["burn", "redeem"];

const daySeconds = 86_400;

type Uncounted = Omit<Case, "facts" | "roster">;

/** Every question that some clause of the decision reads, in the order of the clauses; the same for gate, replay and verifier. */
export function wantedUsage(one: Uncounted, now: Instant): readonly UsageQuestion[] {
  const limits = limitsOn(one)
    .filter((limit) => !isRelief(one, limit))
    .map((limit) => limitQuestion(one, limit, now));
  const day = hasAmount(one.intent.operation) ? [dayQuestion(one, now)] : [];
  return [...limits, ...day, shareQuestion(one, now), feesQuestion(one, now)].filter((one) => one !== undefined);
}

/** Limits on the operation that is asked for. */
export function limitsOn({ policy, intent }: Pick<Case, "policy" | "intent">): readonly Limit[] {
  return policy.limits.filter((limit) => limit.when.operations.has(intent.operation));
}

/** A burn makes a net less whatever was used, so it waits for no count. */
export function isRelief({ intent }: Pick<Case, "intent">, { metric }: Limit): boolean {
  return metric === "net" && removing.some((operation) => operation === intent.operation);
}

/** What fills the limit is told by operation and dimension; undefined when no calendar knows the window. */
export function limitQuestion(
  { policy, intent, initiator }: Uncounted,
  limit: Limit,
  now: Instant,
): UsageQuestion | undefined {
  const { metric, per } = limit;
  const of = { asset: policy.asset, initiator, to: intent.to, account: intent.account }[per];
  return questionOn(policy, limit, { of, asked: metric === "count" ? 1n : intent.amount, now });
}

/** Of the policy's limits that count the whole asset together: how full each is, asked by nobody for nothing. */
export function assetQuestions(policy: Case["policy"], now: Instant): readonly UsageQuestion[] {
  return policy.limits
    .filter(({ per }) => per === "asset")
    .map((limit) => questionOn(policy, limit, { of: policy.asset, asked: 0n, now }))
    .filter((one) => one !== undefined);
}

type Asking = { readonly of: string; readonly asked: bigint; readonly now: Instant };

function questionOn(policy: Case["policy"], limit: Limit, { of, asked, now }: Asking): UsageQuestion | undefined {
  const { metric, per, max } = limit;
  const counted = { kind: "amounts", asset: policy.asset, per, of } as const;
  const window = windowOf(limit, policy.calendar, now);
  if (window === undefined) return undefined;
  return {
    key: `limit.${limit.id}`,
    metric,
    added: { ...counted, operations: metric === "net" ? issuing : inOrder(limit.when.operations) },
    removed: metric === "net" ? { ...counted, operations: removing } : undefined,
    ...window,
    asked,
    max,
  };
}

function windowOf(
  { window }: Limit,
  calendar: Case["policy"]["calendar"],
  now: Instant,
): Pick<UsageQuestion, "since" | "ends"> | undefined {
  if (window.kind === "rolling") return { since: now - window.seconds, ends: window };
  if (calendar === undefined) return undefined;
  const start = startOf(calendar, now, window.unit);
  if (start === undefined) return undefined;
  // What was allocated at the very beginning is in it.
  return { since: start - 1, ends: { kind: "calendar", at: startOfNext(calendar, now, window.unit) } };
}

/** Everything that moves of the asset in a day. */
export function dayQuestion({ policy, bounds, intent }: Uncounted, now: Instant): UsageQuestion {
  return dayQuestionOn(policy.asset, { asked: intent.amount, max: bounds.asset.day, now });
}

type Ceiling = { readonly asked: bigint; readonly max: bigint; readonly now: Instant };

export function dayQuestionOn(asset: string, { asked, max, now }: Ceiling): UsageQuestion {
  const added = { kind: "amounts", asset, operations: moving, per: "asset", of: asset } as const;
  return { ...inDay("ceiling.day", now), added, asked, max };
}

/** What is minted in a day; undefined when no share of the supply bounds it. */
export function shareQuestion({ policy, bounds, intent }: Uncounted, now: Instant): UsageQuestion | undefined {
  if (!isIssuing(intent.operation) || bounds.asset.shareOfSupplyMillionths === undefined) return undefined;
  return {
    ...inDay("ceiling.share", now),
    added: { kind: "amounts", asset: policy.asset, operations: issuing, per: "asset", of: policy.asset },
    asked: intent.amount,
    max: undefined,
  };
}

/** What the account may spend on gas in a day, over all of its assets. */
export function feesQuestion({ bounds, intent }: Uncounted, now: Instant): UsageQuestion {
  return feesQuestionOn(intent.account, { asked: intent.feeCeilingWei, max: bounds.feesPerDayWei, now });
}

export function feesQuestionOn(account: string, { asked, max, now }: Ceiling): UsageQuestion {
  return { ...inDay("ceiling.fees", now), added: { kind: "fees", account }, asked, max };
}

function inDay(key: string, now: Instant): Omit<UsageQuestion, "added" | "asked" | "max"> {
  const ends = { kind: "rolling", seconds: daySeconds } as const;
  return { key, metric: "sum", removed: undefined, since: now - daySeconds, ends };
}

const moving = operationSchema.options.filter(hasAmount);

/** In the order of the operations' table, so that one question has one form. */
function inOrder(some: ReadonlySet<string>): readonly Operation[] {
  return operationSchema.options.filter((operation) => some.has(operation));
}
