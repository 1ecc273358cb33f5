/** Clauses of the hard ceilings: what the genesis leaves for this request, whatever the policy says. */
import { hasAmount } from "./asked.ts";
import type { Spend } from "./facts.ts";
import type { Judgement } from "./judgement.ts";
import { observedSupply } from "./observed.ts";
import type { Case } from "./policy.ts";
import { inAsset, inEther } from "./quantity.ts";
import { counted, roomText, total } from "./spending.ts";

const daySeconds = 86_400;
const million = 1_000_000n;

/** An operation without an amount has only its fees to answer for. */
export function judgeCeilings(one: Case): readonly Judgement[] {
  const { operation } = one.intent;
  const amounts = hasAmount(operation) ? [judgeRequest(one), judgeDay(one)] : [];
  return [...amounts, ...(operation === "mint" ? judgeShare(one) : []), judgeFees(one)];
}

function judgeRequest({ policy, bounds, intent }: Case): Judgement {
  return {
    id: "ceiling.request",
    kind: "ceiling",
    code: "policy.ceiling-request",
    ok: intent.amount <= bounds.asset.request,
    curable: false,
    observed: inAsset(intent.amount, policy),
    bound: `at most ${inAsset(bounds.asset.request, policy)} in one request`,
  };
}

/** Everything that moves counts, whatever the operation. */
function judgeDay(one: Case): Judgement {
  const { policy, bounds, intent } = one;
  const spends = ofAsset(one).map(({ at, amount }) => ({ at, value: amount }));
  const room = { asked: intent.amount, max: bounds.asset.day };
  return {
    id: "ceiling.day",
    kind: "ceiling",
    code: "policy.ceiling-day",
    ok: total(spends) + room.asked <= room.max,
    curable: room.asked <= room.max,
    observed: `${inAsset(total(spends), policy)} used, ${inAsset(room.asked, policy)} asked${roomText(spends, daySeconds, room)}`,
    bound: `at most ${inAsset(room.max, policy)} in 1d`,
  };
}

/** Not applied to the very first mint, which has nothing to be a share of: no supply, nothing minted in the day, nothing on its way. */
function judgeShare(one: Case): readonly Judgement[] {
  const { policy, bounds, facts, intent } = one;
  const share = bounds.asset.shareOfSupplyMillionths;
  if (share === undefined) return [];
  const supply = observedSupply(one);
  const mints = ofAsset(one).filter((spend) => spend.operation === "mint");
  const minted = total(mints.map(({ at, amount }) => ({ at, value: amount })));
  const sum = minted + intent.amount;
  const first = supply === 0n && minted === 0n && facts.outstanding === 0n;
  const bound =
    supply === undefined ? "a share of the supply" : `at most ${inAsset((supply * share) / million, policy)} in 1d`;
  return [
    {
      id: "ceiling.share",
      kind: "ceiling",
      code: supply === undefined ? "policy.evidence-missing" : "policy.ceiling-share",
      ok: first || (supply !== undefined && sum * million <= supply * share),
      curable: true,
      observed:
        supply === undefined
          ? "supply not observed"
          : `${inAsset(sum, policy)} minted with this, supply ${inAsset(supply, policy)}`,
      bound,
    },
  ];
}

/** What the account may spend on gas, over all of its assets. */
function judgeFees({ bounds, intent, facts }: Case): Judgement {
  const spends = counted(facts.spends ?? [], facts.now, daySeconds)
    .filter((spend) => spend.account === intent.account)
    .map(({ at, feeCeilingWei }) => ({ at, value: feeCeilingWei }));
  const room = { asked: intent.feeCeilingWei, max: bounds.feesPerDayWei };
  return {
    id: "ceiling.fees",
    kind: "ceiling",
    code: "policy.ceiling-fees",
    ok: total(spends) + room.asked <= room.max,
    curable: room.asked <= room.max,
    observed: `${inEther(total(spends))} used, ${inEther(room.asked)} asked${roomText(spends, daySeconds, room)}`,
    bound: `at most ${inEther(room.max)} in 1d`,
  };
}

function ofAsset({ policy, facts }: Case): readonly Spend[] {
  return counted(facts.spends ?? [], facts.now, daySeconds).filter((spend) => spend.asset === policy.asset);
}
