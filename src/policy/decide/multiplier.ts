/** What a raise of the multiplier rests on: a step within the policy's cap, a time it lets be, and at most as much for everybody as people agreed to. */
import { announcedStep, readMultiplier, type SeenMultiplier } from "../../evidence/multiplier.ts";
import * as subject from "../../evidence/subject.ts";
import { hasMultiplier } from "../../intent/standard.ts";
import { fromBigInt, max as mostOfAll } from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import * as multiplier from "../../values/multiplier.ts";
import type { Step } from "../../values/multiplier.ts";
import type { Asked } from "../asked.ts";
import type { Facts } from "../facts.ts";
import type { Case, Policy, Token } from "../policy.ts";
import { readsMultiplier } from "../profile.ts";
import { inAsset } from "../quantity.ts";
import type { Judgement } from "./judgement.ts";
import { observedSupply, readsSupply, tokenFact } from "./observed.ts";

type Seen = Pick<Case, "policy"> & { readonly facts: Pick<Facts, "observed"> };

/** By how much tokens that come into the world now grow with what is announced. */
export function growthOf({ policy: { token }, facts }: Seen, tokens: bigint): bigint {
  if (!hasMultiplier(token.standard)) return 0n;
  const seen = seenMultiplier(token, facts);
  return seen === undefined ? 0n : multiplier.growth(tokens, announcedStep(seen));
}

/** Silent of every operation that brings no tokens into the world, and of every token without a multiplier. */
export function judgeMultiplier(one: Case): readonly Judgement[] {
  const { policy, intent } = one;
  if (!readsMultiplier(policy, intent.operation)) return [];
  const seen = [judgeNonce(one), ...judgeTogether(one)];
  if (intent.operation !== "raiseMultiplier") return seen;
  const { oldMultiplier: from = 1n, newMultiplier: to = mostOfAll } = intent;
  return [judgeRise(policy, { from, to }), judgeTime(one), judgeAdded(one, { from, to }), ...seen];
}

/** new ≤ old × (1 + rise), in whole numbers. */
function judgeRise({ token: { multiplier: bounds } }: Policy, step: Step): Judgement {
  const { from, to } = step;
  const { numerator, denominator, text } = bounds?.rise ?? { numerator: 0n, denominator: 1n, text: "0" };
  return {
    id: "intent.newMultiplier",
    kind: "rule",
    code: "policy.multiplier-rise",
    ok: to > from && (to - from) * denominator <= from * numerator,
    curable: false,
    observed: multiplier.riseText(step),
    bound: `at most ${text} of what it was`,
  };
}

/** The chain takes what is past for at once: it would then begin at another time than people agreed to. */
function judgeTime({ policy: { token }, intent: { activationTime: at }, facts: { now } }: Case): Judgement {
  const { aheadSeconds = 0, lateSeconds = 0 } = token.multiplier ?? {};
  const isPast = at === undefined || at < now - lateSeconds;
  return {
    id: "intent.activationTime",
    kind: "rule",
    code: "policy.activation-time",
    ok: !isPast && at <= now + aheadSeconds,
    curable: !isPast,
    observed: at === undefined ? "no time" : `${instant.toIso(at)}, at ${instant.toIso(now)}`,
    bound: `at most ${duration.format(aheadSeconds)} ahead, at most ${duration.format(lateSeconds)} past`,
  };
}

/** What is out and on its way grows by at most the amount that people agreed to, which is what every bound on issuance counts. */
function judgeAdded(one: Case, step: Step): Judgement {
  const { policy, intent, facts } = one;
  const supply = observedSupply(one);
  const added = supply === undefined ? undefined : multiplier.growth(supply + facts.outstanding, step);
  return {
    id: "intent.amount",
    kind: "evidence",
    code: added === undefined ? "policy.evidence-missing" : "policy.multiplier-amount",
    ok: added !== undefined && added <= intent.amount,
    curable: true,
    observed: added === undefined ? "supply not observed" : `adds ${inAsset(added, policy)}`,
    bound: `at most ${inAsset(intent.amount, policy)}`,
  };
}

/**
 * INVARIANT: how much there is and what a share is are of one block. What was minted after the one, and grew before the other, would
 * be counted without what it grew by. Silent while one of them was not seen, for which there are clauses.
 */
function judgeTogether(one: Case): readonly Judgement[] {
  const supply = tokenFact(one, "supply");
  const shares = tokenFact(one, "multiplier");
  if (!readsSupply(one) || supply === undefined || shares === undefined) return [];
  return [
    {
      id: "token.multiplier.supply",
      kind: "evidence",
      code: "policy.multiplier-apart",
      ok: supply.blockNumber === shares.blockNumber,
      curable: true,
      observed: `supply at block ${supply.blockNumber}, multiplier at block ${shares.blockNumber}`,
      bound: "both at one block",
    },
  ];
}

/** INVARIANT: of two decisions the later one knows no earlier state of the multiplier. */
function judgeNonce({ policy: { token }, facts }: Case): Judgement {
  const seen = seenMultiplier(token, facts);
  const highest = facts.rounds?.[subject.token(token.address)];
  const isMissing = seen === undefined || highest === undefined;
  return {
    id: "token.multiplier.nonce",
    kind: "evidence",
    code: isMissing ? "policy.evidence-missing" : "policy.multiplier-back",
    ok: !isMissing && seen.nonce >= highest,
    curable: true,
    observed: seen === undefined ? "not observed" : `change ${seen.nonce}`,
    bound: `no change before ${highest ?? "the last"}`,
  };
}

export function seenMultiplier(
  { address }: Pick<Token, "address">,
  { observed }: Pick<Facts, "observed">,
): SeenMultiplier | undefined {
  return readMultiplier(observed[subject.factKey(subject.token(address), "multiplier")]?.value ?? "");
}

/** What an example leaves out: the least raise there is, from one token a share, as of now. */
export function raised(now: Instant): Pick<Asked, "newMultiplier" | "oldMultiplier" | "activationTime"> {
  const share = multiplier.parse("1");
  return { newMultiplier: fromBigInt(share + 1n), oldMultiplier: share, activationTime: now };
}
