/** The decision: pure and total, every clause judged, none skipped because another failed. */
import { isOffered, offered } from "../intent/standard.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { judgeDistinct, judgeFloors, judgeSeats, judgeSeparation, judgeVetoes, seatVotes } from "./decide/approval.ts";
import { batchKeys, judgeBatches, waysOf, type Way } from "./decide/batch.ts";
import type { PolicyCode } from "./code.ts";
import { judgeClaim } from "./decide/claim.ts";
import { judgeCountry } from "./decide/country.ts";
import type { Decision } from "./decision.ts";
import { judgeDestination } from "./decide/destination.ts";
import { demandTogether, type Added, type Demand } from "./decide/demand.ts";
import { judgeGuards, type Guarded } from "./decide/guard.ts";
import { judgeDistribution } from "./decide/distribution.ts";
import { judgeCeilings } from "./decide/headroom.ts";
import { toClause, type Judgement } from "./decide/judgement.ts";
import { judgeMultiplier } from "./decide/multiplier.ts";
import { judgeLimits } from "./decide/limit.ts";
import { matchRule, type Match } from "./decide/match.ts";
import { judgeObserved } from "./decide/observed.ts";
import type { Case, Rule } from "./policy.ts";
import { inAsset } from "./quantity.ts";
import type { Seating } from "./decide/quorum.ts";
import { judgeRecipient } from "./decide/recipient.ts";
import { earliest, judgeDelay, judgeLife } from "./decide/wait.ts";

/** A case with the hashes of its parts, which the caller computes once. */
export type DecideInput = Case & {
  readonly policyHash: Bytes32;
  readonly rosterHash: Bytes32;
  readonly intentHash: Bytes32;
};

/**
 * Says what the policy makes of the intent on these facts. It takes no clock and reads nothing else; what nobody vouches for
 * is never a yes. `input.policy` comes from `compile`, `input.facts` from statements that were verified.
 */
export function decide(input: DecideInput): Decision {
  const match = matchRule(input);
  const limits = judgeLimits(input);
  const before = [
    ...judgeToken(input),
    ...judgeRecipient(input),
    ...judgeDestination(input),
    ...judgeCountry(input),
    ...judgeClaim(input),
    ...judgeDistribution(input),
    ...judgeMultiplier(input),
    ...judgeLife(input),
    ...match.judgements,
  ];
  const after = [...limits.judgements, ...judgeCeilings(input), ...judgeObserved(input)];
  const decideIn = (demanded: Demanded | undefined): Decision => {
    const between = demanded === undefined ? [] : judgeDemanded(input, demanded);
    const guards = (demanded?.guards ?? judgeGuards(input)).judgements;
    const judgements = [...before, ...between, ...judgeSeparation(input), ...guards, ...after];
    return {
      ...combine(judgements),
      ...demandedPart(input, match, demanded),
      policyHash: input.policyHash,
      rosterHash: input.rosterHash,
      intentHash: input.intentHash,
      clauses: judgements.map(toClause),
      notBefore: match.rule === undefined ? null : earliest(demanded?.one ?? input, match.rule, demanded?.demand),
      expiresAt: input.intent.expiresAt,
      nearest: match.nearest,
    };
  };
  const ways = demandedIn(input, match, limits.added).map(decideIn);
  return nearestOf(ways) ?? decideIn(undefined);
}

/** The rule that holds with the way in which people agree to it, all that its tier and what is added demand, and who sits where. */
type Demanded = Way & {
  readonly rule: Rule;
  /** Those that apply to the request, or to the total of the batch. */
  readonly guards: Guarded;
  readonly demand: Demand;
  readonly seating: Seating;
  /** Of the quorum that is filled for itself, where there is one. */
  readonly also: Seating | undefined;
};

function demandedIn(input: Case, { rule, tier }: Match, byLimits: readonly Added[]): readonly Demanded[] {
  if (rule === undefined) return [];
  return waysOf(input, rule, tier).map((way) => {
    const guards = judgeGuards(input, way.batch?.total);
    const demand = demandTogether(rule.id, { total: way.tier, alone: way.alone }, [...guards.added, ...byLimits]);
    const also = demand.also === undefined ? undefined : seatVotes(way.one, { quorum: demand.also });
    return { ...way, rule, guards, demand, seating: seatVotes(way.one, demand), also };
  });
}

/** Of several ways the one that allows it; else one that may come to allow it, and of those the one that lacks the fewest people. */
function nearestOf(ways: readonly Decision[]): Decision | undefined {
  const distance = ({ verdict, missing }: Decision): number => {
    const lacking = missing.reduce((sum, { count }) => sum + count, 0);
    return { allowed: 0, pending: 1 + lacking, refused: Number.MAX_SAFE_INTEGER }[verdict];
  };
  const [first, ...others] = ways;
  if (first === undefined) return undefined;
  return others.reduce((best, next) => (distance(next) < distance(best) ? next : best), first);
}

type DemandedPart = Pick<Decision, "rule" | "loud" | "tier" | "batch" | "key" | "requires" | "seats" | "missing">;

function demandedPart({ policy }: Case, { rule }: Match, demanded: Demanded | undefined): DemandedPart {
  const loud = rule?.loud === true ? ({ loud: true } as const) : {};
  if (demanded === undefined)
    return { rule: rule?.id ?? null, ...loud, tier: null, key: null, requires: null, seats: [], missing: [] };
  const { tier, batch, demand, seating, also } = demanded;
  return {
    rule: demanded.rule.id,
    ...loud,
    tier: demanded.rule.tiers.indexOf(tier),
    ...(batch === undefined
      ? {}
      : { batch: { merkleRoot: batch.merkleRoot, count: batch.count, total: inAsset(batch.total, policy) } }),
    key: tier.sign,
    requires: demand.quorum,
    seats: [...seating.seats],
    missing: [...(seating.met ? (also?.missing ?? []) : seating.missing)],
  };
}

/**
 * The one rule that combines clauses: all hold, allowed; something fails that nothing cures, refused; else pending.
 * The code is that of the first clause which decides the verdict.
 */
function combine(judgements: readonly Judgement[]): { verdict: Decision["verdict"]; code: PolicyCode } {
  const failing = judgements.filter((judgement) => !judgement.ok);
  const incurable = failing.find((judgement) => !judgement.curable);
  if (incurable !== undefined) return { verdict: "refused", code: incurable.code };
  const [lack] = failing;
  return lack === undefined ? { verdict: "allowed", code: "policy.allowed" } : { verdict: "pending", code: lack.code };
}

/** That the intent is about the policy's own token, on a chain of this deployment. */
function judgeToken({ policy, bounds, intent }: Case): readonly Judgement[] {
  const clause = { kind: "rule", curable: false } as const;
  const { chain } = policy.token;
  return [
    {
      ...clause,
      id: "token.asset",
      code: "policy.wrong-asset",
      ok: intent.asset === policy.asset,
      observed: intent.asset,
      bound: policy.asset,
    },
    {
      ...clause,
      id: "token.chain",
      code: "policy.wrong-chain",
      ok: intent.chainId === chain,
      observed: `chain ${intent.chainId}`,
      bound: `chain ${chain}`,
    },
    {
      ...clause,
      id: "intent.chain",
      code: "policy.chain-unknown",
      ok: bounds.chainKnown,
      observed: `chain ${intent.chainId}`,
      bound: "a chain of the genesis",
    },
    ...judgeOffered({ policy, intent }),
  ];
}

/** What a token has not is never signed, whatever a rule says. Silent otherwise, as decisions before there were several standards. */
function judgeOffered({ policy, intent }: Pick<Case, "policy" | "intent">): readonly Judgement[] {
  const { standard } = policy.token;
  const { operation } = intent;
  if (operation === "signTypedData" || isOffered(standard, operation)) return [];
  return [
    {
      id: "token.operation",
      kind: "rule",
      code: "policy.not-offered",
      ok: false,
      curable: false,
      observed: operation,
      bound: `${standard}: ${offered(standard).join(", ")}`,
    },
  ];
}

/** What the request takes by itself is taken in a batch too. */
function judgeAlso({ id }: Rule, { also: quorum }: Demand, seating: Seating | undefined): readonly Judgement[] {
  return quorum === undefined || seating === undefined ? [] : [judgeSeats({ id: `${id}.alone` }, { quorum }, seating)];
}

function judgeDemanded(input: Case, demanded: Demanded): readonly Judgement[] {
  const { rule, tier, one, demand, seating, also } = demanded;
  const { managed } = input.bounds;
  const account = input.intent.account;
  const sign: Judgement = {
    id: `${rule.id}.sign`,
    kind: "rule",
    code: "policy.wrong-key",
    ok: managed?.account === account && managed.key === tier.sign,
    // In a batch another tier signs, perhaps with this key.
    curable: managed?.account === account && batchKeys(rule, input.intent.amount).has(managed.key),
    observed: managed === undefined ? `${account} is no managed account` : `${account} is ${managed.key}`,
    bound: `key ${tier.sign}`,
  };
  return [
    sign,
    ...judgeFloors(one, demand),
    judgeSeats(rule, demand, seating),
    ...judgeAlso(rule, demand, also),
    ...judgeBatches(input, rule, demanded, seating.met),
    ...judgeDistinct(one, rule, demand),
    judgeDelay(one, rule, demand),
    ...judgeVetoes(one, demand),
  ];
}
