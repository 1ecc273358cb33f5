/** What observers saw of the token: its code, whether it is paused, how much there is, and how long ago. */
import * as subject from "../../evidence/subject.ts";
import { isIssuing } from "../../intent/operation.ts";
import type { Amount } from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import { amountSchema } from "../../values/schema.ts";
import { hasAmount } from "../asked.ts";
import type { Facts, Observed } from "../facts.ts";
import { holdersKey } from "./distribution.ts";
import { feedFact, feedsIn } from "./feed.ts";
import { applies } from "./holds.ts";
import type { Judgement } from "./judgement.ts";
import type { Case } from "../policy.ts";
import { needsOf, type Need } from "../profile.ts";

type Seen = Pick<Case, "policy"> & { readonly facts: Pick<Facts, "observed"> };

/** An agreed fact about the policy's token. */
export function tokenFact({ policy, facts }: Seen, fact: subject.FactName): Observed | undefined {
  return facts.observed[subject.factKey(subject.token(policy.token.address), fact)];
}

/** The observed total supply; undefined when it is missing or no amount. */
export function observedSupply(seen: Seen): Amount | undefined {
  return amountSchema.safeParse(tokenFact(seen, "supply")?.value).data;
}

export function judgeObserved(one: Case): readonly Judgement[] {
  const { token } = one.policy;
  const { implementation } = token;
  return [
    judgeCode(one, "codehash", token.codehash),
    ...(implementation === undefined ? [] : [judgeCode(one, "implementation", implementation)]),
    ...(hasAmount(one.intent.operation) ? [judgePaused(one)] : []),
    ...needsOf(one.policy, one.intent).map((need) => judgeNeed(one, need)),
    judgeFreshness(one),
  ];
}

/** What the token's standard asks for beside code and pause; what nobody saw is waited for. */
function judgeNeed({ facts }: Seen, need: Need): Judgement {
  const seen = facts.observed[subject.factKey(need.subject, need.fact)];
  return {
    id: need.id,
    kind: "evidence",
    code: seen === undefined ? "policy.evidence-missing" : need.code,
    ok: seen !== undefined && need.holds(seen.value),
    curable: seen === undefined || need.curable,
    observed:
      seen === undefined
        ? "not observed"
        : `${need.fact} is ${need.shown?.(seen.value) ?? seen.value} at block ${seen.blockNumber}`,
    bound: need.bound,
  };
}

/** Different code is for ever another contract; code that nobody saw may yet be seen. */
function judgeCode(one: Case, fact: "codehash" | "implementation", pinned: string): Judgement {
  const seen = tokenFact(one, fact);
  return {
    id: `token.${fact}`,
    kind: "evidence",
    code: seen === undefined ? "policy.evidence-missing" : "policy.code-changed",
    ok: seen?.value === pinned,
    curable: seen === undefined,
    observed: seen === undefined ? "not observed" : `${seen.value} at block ${seen.blockNumber}`,
    bound: pinned,
  };
}

/** Nothing moves while the token is paused, burning included. */
function judgePaused(one: Case): Judgement {
  const seen = tokenFact(one, "paused");
  return {
    id: "token.paused",
    kind: "evidence",
    code: seen?.value === "true" ? "policy.paused" : "policy.evidence-missing",
    ok: seen?.value === "false",
    curable: true,
    observed: seen === undefined ? "not observed" : `paused is ${seen.value} at block ${seen.blockNumber}`,
    bound: "paused is false",
  };
}

/** Whether how much there is decides anything. */
export function readsSupply(one: Case): boolean {
  const { policy, intent, bounds } = one;
  const reserves = policy.guards.some(
    (guard) => guard.then.kind === "reserves" && guard.then.cover !== undefined && applies(one, guard),
  );
  const share = isIssuing(intent.operation) && bounds.asset.shareOfSupplyMillionths !== undefined;
  return reserves || share || intent.operation === "raiseMultiplier";
}

/** The facts of the token that this decision rests on. */
function used(one: Case): readonly subject.FactName[] {
  const { policy, intent } = one;
  return [
    "codehash",
    ...(policy.token.implementation === undefined ? [] : (["implementation"] as const)),
    ...(hasAmount(intent.operation) ? (["paused"] as const) : []),
    ...(readsSupply(one) ? (["supply"] as const) : []),
  ];
}

/** The account's nonce ages with the others; while nobody saw it the lane stays closed, which is not for the policy to say. */
function nonceFact({ intent, facts }: Case): readonly Observed[] {
  const seen = facts.observed[subject.factKey(subject.account(intent.account), "nonce")];
  return seen === undefined ? [] : [seen];
}

/** While nobody saw who held it, that is a clause of its own. */
function holdersFact(one: Case): readonly Observed[] {
  const key = holdersKey(one);
  const seen = key === undefined ? undefined : one.facts.observed[key];
  return seen === undefined ? [] : [seen];
}

/** Of every guard that applies; one that nobody saw is missing here too. */
function feedFacts(one: Case): readonly (Observed | undefined)[] {
  return one.policy.guards.flatMap((guard) =>
    feedsIn(guard).length > 0 && applies(one, guard) ? feedsIn(guard).map((feed) => feedFact(one, feed)) : [],
  );
}

/**
 * Every fact used must have been seen at a block of about now, the oldest included: whoever carries the observations cannot
 * hold one back and bring the others. A block from the future is as far from now as one from the past.
 */
function judgeFreshness(one: Case): Judgement {
  const { facts, bounds } = one;
  const needed = needsOf(one.policy, one.intent);
  const seen = [
    ...used(one).map((fact) => tokenFact(one, fact)),
    ...needed.map((need) => facts.observed[subject.factKey(need.subject, need.fact)]),
    ...holdersFact(one),
    ...feedFacts(one),
    ...nonceFact(one),
  ];
  const distances = seen.flatMap((fact) => (fact === undefined ? [] : [Math.abs(facts.now - fact.blockTime)]));
  const worst = Math.max(0, ...distances);
  const missing = distances.length < seen.length;
  return {
    id: "token.freshness",
    kind: "evidence",
    code: missing ? "policy.evidence-missing" : "policy.freshness",
    ok: !missing && worst <= bounds.freshnessSeconds,
    curable: true,
    observed: missing ? "an observation is missing" : `${duration.format(worst)} from ${instant.toIso(facts.now)}`,
    bound: `at most ${duration.format(bounds.freshnessSeconds)}`,
  };
}
