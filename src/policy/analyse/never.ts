/** Claims that nothing is ever allowed with less than they say. */
import type { Member } from "../../roster/roster.ts";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import { invariant } from "../../values/errors.ts";
import { decide } from "../decide.ts";
import type { Rule } from "../policy.ts";
import type { Verdict, NeverClaim } from "./claim.ts";
import type { Electorate } from "./electorate.ts";
import { fewest, withFewOf } from "./fewest.ts";
import type { Permitted } from "./outcome.ts";
import { holdsIn, type Placed, type Spot } from "./spot.ts";
import { mayMeet, Undecided, type Budget } from "./spots.ts";
import { batchVisits, ofAnyAmount, visits, type BatchVisit, type Terrain, type Visit } from "./survey.ts";
import { inMeetingOrder } from "./voting.ts";
import { inputBest, exampleOf, witnessOf, type Agreement } from "./witness.ts";

export function proveNever(claim: NeverClaim, terrain: Terrain, budget: Budget): Verdict {
  const { policy } = terrain.ground;
  const placed = { condition: claim.when, policy };
  const lacks = lacksOf(claim, terrain, budget);
  let matched = 0;
  for (const rule of policy.rules) {
    const within = { condition: rule.when, policy };
    const near = rule.batch === undefined ? placed : ofAnyAmount(placed);
    if (![...rule.when.operations].some((operation) => mayMeet(within, near, operation))) continue;
    for (const visit of everyVisit(rule, terrain, budget)) {
      if (!isSpokenOf(placed, visit)) continue;
      const { spot, outcome } = visit;
      matched += 1;
      if (outcome.kind !== "permitted") continue;
      const lack = lacks(outcome, spot);
      const found = lack === undefined ? undefined : shownAllowed(terrain, visit, { ...lack, outcome });
      if (lack !== undefined && found !== undefined)
        return { field: claim.field, kind: "false", message: lack.message, example: found };
    }
  }
  const message =
    matched === 0 ? "no request that a rule matches is what it speaks of" : "no request is allowed with less";
  return { field: claim.field, kind: "proved", message };
}

/** The request, or the total of its batch. */
function isSpokenOf(placed: Placed, { tier, spot, total = spot }: Seen): boolean {
  return tier !== undefined && [spot, total].some((one) => holdsIn(placed, one, tier.sign) === true);
}

type Seen = Pick<Visit, "tier" | "spot" | "outcome"> & Partial<Pick<BatchVisit, "total">>;

/** Each request by itself, and in every batch that it may be agreed to with: there a claim speaks of the total, too. */
function* everyVisit(rule: Rule, terrain: Terrain, budget: Budget): Generator<Seen> {
  yield* visits(rule, terrain, budget);
  yield* batchVisits(rule, terrain, budget);
}

type Lack = { readonly message: string; readonly people: readonly Member[] };

/** What a permitted spot lacks of what the claim says; asked again for the same people and requirement it answers at once. */
function lacksOf(
  claim: NeverClaim,
  { ground: { policy, roster } }: Terrain,
  budget: Budget,
): (outcome: Permitted, spot: Spot) => Lack | undefined {
  const known = new Map<string, Lack | undefined>();
  return (outcome, spot) => {
    const initiator = spot.initiators[0]?.id;
    const key = `${initiator ?? ""} ${outcome.requirement.delaySeconds} ${JSON.stringify(outcome.requirement.ask)}`;
    if (known.has(key)) return known.get(key);
    const found = lackOf(claim, outcome, { roster, groups: policy.groups, initiator, budget });
    known.set(key, found);
    return found;
  };
}

function lackOf(
  { people, from, delaySeconds }: NeverClaim,
  { requirement }: Permitted,
  electorate: Electorate,
): Lack | undefined {
  const least = fewest(requirement.ask, electorate);
  if (least === undefined) return undefined;
  if (people === undefined && from === undefined && delaySeconds === undefined)
    return { message: "it can be allowed", people: least };
  if (people !== undefined && least.length < people)
    return { message: `${least.length} people are enough, fewer than ${people}`, people: least };
  if (delaySeconds !== undefined && requirement.delaySeconds < delaySeconds) {
    const wait = requirement.delaySeconds === 0 ? "at once" : `after ${duration.format(requirement.delaySeconds)}`;
    return { message: `it can be allowed ${wait}, sooner than ${duration.format(delaySeconds)}`, people: least };
  }
  if (from === undefined) return undefined;
  const few = withFewOf(requirement.ask, electorate, { group: from.group, most: from.min - 1 });
  if (few === undefined) return undefined;
  return { message: `it can be allowed without ${from.min} of ${from.group}`, people: few };
}

/** The request and one other that bring it to such a total. */
function pairOf(total: bigint): NonNullable<Agreement["together"]> {
  return { count: 2, total: amount.fromBigInt(total) };
}

/** Decided, to be sure: a cell that says yes where the decision says no would be a mistake of ours. */
function shownAllowed(
  { ground: { policy, roster } }: Terrain,
  { spot, total }: Seen,
  { people, outcome: { requirement } }: Lack & { readonly outcome: Permitted },
): Verdict["example"] {
  const witness = witnessOf(spot, requirement.sign, { policy, roster });
  // The only recipient is the account itself, which no request can name.
  if (witness === undefined) return undefined;
  const electorate: Electorate = { roster, groups: policy.groups, initiator: witness.initiator };
  const voters = inMeetingOrder(requirement.ask, people, electorate);
  if (voters === undefined) throw new Undecided("people who could agree were tried in no order that counts");
  const together = total === undefined ? undefined : pairOf(total.amount.from);
  const agreement = {
    voters,
    waitedSeconds: requirement.delaySeconds,
    ...(together === undefined ? {} : { together }),
  };
  const decision = decide(inputBest(witness, { policy, roster, ...agreement }));
  invariant(decision.verdict === "allowed", `the counterexample of a claim is allowed, not ${decision.code}`);
  return exampleOf(witness, policy, roster, agreement);
}
