/** Limits of the policy: what counts already, and whether what is asked fits beside it. */
import type { Failure } from "./failure.ts";
import { holds } from "./holding.ts";
import { baseUnits, secondsOf } from "./measure.ts";
import type { PlainCase, PlainLimit, PlainSpend } from "./plain.ts";
import { knowsBeginning } from "./wall-clock.ts";

export function limitFailures(one: PlainCase): Failure[] {
  return (one.policy.limits ?? []).flatMap((limit) => {
    if (limit.over !== "deny" || !overflowing(one, limit)) return [];
    // What nobody counted may yet be counted.
    const fits = used(one, limit) === undefined || asked(one, limit) <= most(one, limit);
    return [{ id: `limit.${limit.id}`, curable: fits, cause: `${limit.metric} limit` as const }];
  });
}

/** Whether the limit applies and what is asked does not fit, as far as anybody knows. */
export function overflowing(one: PlainCase, limit: PlainLimit): boolean {
  const { operation } = one.intent;
  if (!operationsOf(limit).includes(operation) || holds(one, limit.when) === "no") return false;
  // A burn makes a net less, whatever was used.
  if (limit.metric === "net" && operation !== "mint") return false;
  const counted = used(one, limit);
  return counted === undefined || counted + asked(one, limit) > most(one, limit);
}

/** What the limit is about: what it names, or all that moves. */
function operationsOf({ metric, when }: PlainLimit): readonly string[] {
  if (metric === "net") return ["mint", "burn", "redeem"];
  if (when?.operation === undefined) return ["mint", "burn", "redeem", "transfer"];
  return typeof when.operation === "string" ? [when.operation] : when.operation.in;
}

function most({ policy }: PlainCase, { max }: PlainLimit): bigint {
  return typeof max === "number" ? BigInt(max) : baseUnits(max, policy.asset, policy.token.decimals);
}

function asked({ intent }: PlainCase, { metric }: PlainLimit): bigint {
  return metric === "count" ? 1n : BigInt(intent.amount);
}

/** Undefined when nobody knows. */
function used(one: PlainCase, limit: PlainLimit): bigint | undefined {
  const { facts, policy } = one;
  const [kind, length = ""] = limit.window.split(" ");
  if (kind === "calendar" && !knowsBeginning(policy.calendar, facts.now, length)) return undefined;
  if (facts.usage !== undefined) {
    const usage = facts.usage[`limit.${limit.id}`];
    if (usage === undefined) return undefined;
    if (limit.metric === "count") return BigInt(usage.count);
    return limit.metric === "net" ? BigInt(usage.added) - BigInt(usage.removed) : BigInt(usage.added);
  }
  // As the first release knew it, when every limit was a sum over a rolling window.
  if (facts.spends === undefined || kind !== "rolling" || limit.metric !== "sum") return undefined;
  const begin = facts.now - secondsOf(length);
  const spends = facts.spends.filter((spend) => spend.at > begin && counts(one, limit, spend));
  return spends.reduce((sum, spend) => sum + BigInt(spend.amount), 0n);
}

/** Of this asset, of an operation that the limit is about, and of the same initiator, recipient or account if it counts so. */
function counts({ policy, intent, initiator }: PlainCase, limit: PlainLimit, spend: PlainSpend): boolean {
  const same = {
    asset: true,
    initiator: spend.initiator === initiator,
    to: spend.to === intent.to,
    account: spend.account === intent.account,
  };
  return spend.asset === policy.asset && operationsOf(limit).includes(spend.operation) && same[limit.per];
}
