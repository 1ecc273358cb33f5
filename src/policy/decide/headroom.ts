/** Clauses of the hard ceilings: what the genesis leaves for this request, whatever the policy says. */
import { hasAmount } from "../asked.ts";
import type { Judgement } from "./judgement.ts";
import { observedSupply } from "./observed.ts";
import type { Case } from "../policy.ts";
import { inAsset, inEther } from "../quantity.ts";
import { dayQuestion, feesQuestion, shareQuestion, type UsageQuestion } from "./usage.ts";
import { byRequests, uncounted, usedOf } from "./used.ts";

const million = 1_000_000n;

/** An operation without an amount has only its fees to answer for. */
export function judgeCeilings(one: Case): readonly Judgement[] {
  const { operation } = one.intent;
  const amounts = hasAmount(operation) ? [judgeRequest(one), judgeDay(one)] : [];
  return [...amounts, ...judgeShare(one), judgeFees(one)];
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
  const { policy, bounds } = one;
  return judgeUse(one, dayQuestion(one, one.facts.now), {
    id: "ceiling.day",
    code: "policy.ceiling-day",
    max: bounds.asset.day,
    text: (value) => inAsset(value, policy),
  });
}

/** What the account may spend on gas, over all of its assets. */
function judgeFees(one: Case): Judgement {
  return judgeUse(one, feesQuestion(one, one.facts.now), {
    id: "ceiling.fees",
    code: "policy.ceiling-fees",
    max: one.bounds.feesPerDayWei,
    text: inEther,
  });
}

type Ceiling = Pick<Judgement, "id" | "code"> & {
  readonly max: bigint;
  readonly text: (value: bigint) => string;
};

function judgeUse(one: Case, question: UsageQuestion, { id, code, max, text }: Ceiling): Judgement {
  const clause = { id, kind: "ceiling", bound: `at most ${text(max)} in 1d` } as const;
  const used = usedOf(one.facts, question);
  if (used === undefined) return { ...clause, ...uncounted };
  const { asked } = question;
  const { level, room } = used;
  return {
    ...clause,
    code,
    ok: level + asked <= max,
    curable: asked <= max,
    observed: `${text(level)} used${byRequests(used)}, ${text(asked)} asked${room}`,
  };
}

/** Not applied to the very first mint, which has nothing to be a share of: no supply, nothing minted in the day, nothing on its way. */
function judgeShare(one: Case): readonly Judgement[] {
  const { policy, bounds, facts, intent } = one;
  const share = bounds.asset.shareOfSupplyMillionths;
  const question = shareQuestion(one, facts.now);
  if (share === undefined || question === undefined) return [];
  const supply = observedSupply(one);
  const bound =
    supply === undefined ? "a share of the supply" : `at most ${inAsset((supply * share) / million, policy)} in 1d`;
  const clause = { id: "ceiling.share", kind: "ceiling", bound } as const;
  const minted = usedOf(facts, question);
  if (minted === undefined) return [{ ...clause, ...uncounted }];
  const sum = minted.level + intent.amount;
  const first = supply === 0n && minted.level === 0n && facts.outstanding === 0n;
  return [
    {
      ...clause,
      code: supply === undefined ? "policy.evidence-missing" : "policy.ceiling-share",
      ok: first || (supply !== undefined && sum * million <= supply * share),
      curable: true,
      observed:
        supply === undefined
          ? "supply not observed"
          : `${inAsset(sum, policy)} minted with this, supply ${inAsset(supply, policy)}`,
    },
  ];
}
