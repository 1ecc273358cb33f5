/** Rolling limits of the policy: how much was allocated in the window, and whether this fits beside it. */
import * as duration from "../values/duration.ts";
import { hasAmount } from "./asked.ts";
import type { Spend } from "./facts.ts";
import type { Judgement } from "./judgement.ts";
import type { Case, Limit, Policy } from "./policy.ts";
import { inAsset } from "./quantity.ts";
import { counted, roomText, total } from "./spending.ts";

/** The longest window that any limit or ceiling looks back on: facts must hold every spend of it. */
export function longestWindowSeconds(policy: Policy): number {
  return Math.max(86_400, ...policy.limits.map((limit) => rolling(limit)));
}

/** An operation without an amount fills no limit, so a pause always goes through. */
export function judgeLimits(one: Case): readonly Judgement[] {
  const { operation } = one.intent;
  if (!hasAmount(operation)) return [];
  return one.policy.limits
    .filter((limit) => limit.when.operations.has(operation))
    .map((limit) => judgeLimit(one, limit));
}

function judgeLimit(one: Case, limit: Limit): Judgement {
  const { policy, intent, facts } = one;
  const spends = counted(facts.spends ?? [], facts.now, rolling(limit))
    .filter(
      (spend) =>
        spend.asset === policy.asset && limit.when.operations.has(spend.operation) && sameKey(one, limit, spend),
    )
    .map(({ at, amount }) => ({ at, value: amount }));
  const used = total(spends);
  const room = { asked: intent.amount, max: limit.max };
  const per = limit.per === "asset" ? "" : ` per ${limit.per}`;
  return {
    id: `limit.${limit.id}`,
    kind: "limit",
    code: "policy.limit-exceeded",
    ok: used + intent.amount <= limit.max,
    curable: intent.amount <= limit.max,
    observed: `${inAsset(used, policy)} used, ${inAsset(intent.amount, policy)} asked${roomText(spends, rolling(limit), room)}`,
    bound: `${inAsset(limit.max, policy)}${per} in ${duration.format(rolling(limit))}`,
  };
}

function rolling({ window }: Limit): number {
  return window.kind === "rolling" ? window.seconds : 0;
}

/** Whether a spend is counted together with this intent. */
function sameKey({ intent, initiator }: Case, limit: Limit, spend: Spend): boolean {
  switch (limit.per) {
    case "asset":
      return true;
    case "initiator":
      return spend.initiator === initiator;
    case "to":
      return spend.to === intent.to;
    case "account":
      return spend.account === intent.account;
  }
}
