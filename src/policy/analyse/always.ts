/** Claims that a request can always come to be allowed: by few people, in time, and when somebody is gone. */
import type { Member } from "../../roster/roster.ts";
import * as duration from "../../values/duration.ts";
import { invariant } from "../../values/errors.ts";
import { decide } from "../decide.ts";
import type { Name } from "../../values/name.ts";
import type { AlwaysClaim, Verdict } from "./claim.ts";
import { canMeet, kinsOf, type Ask, type Electorate } from "./electorate.ts";
import { fewest, losses } from "./fewest.ts";
import { isVoid, outcomeIn, type Outcome } from "./outcome.ts";
import type { Placed, Spot } from "./spot.ts";
import { spotsIn, type Budget } from "./spots.ts";
import type { Terrain } from "./survey.ts";
import { votersFor } from "./voting.ts";
import { inputBest, exampleOf, witnessOf } from "./witness.ts";

/**
 * Over every request that the claim describes. Whoever asks chooses the key and the fees, unless the claim names them: one choice
 * that works is enough. Of everything else, every value must work. People who are gone stay on the roster and do not answer.
 */
export function proveAlways(claim: AlwaysClaim, terrain: Terrain, budget: Budget): Verdict {
  const { policy } = terrain.ground;
  const near = terrain.edges;
  const within = regionOf(claim, terrain);
  const breakers: Placed[] = [...terrain.conditions, ...policy.rules.map(({ when }) => ({ condition: when, policy }))];
  const tiers = policy.rules.flatMap((rule) => rule.tiers.map(({ below }) => below));
  const judge = judgeOf(claim, terrain, budget);
  let current: Trial | undefined;
  const fail = (trial: Trial): Verdict => failed(claim, terrain, trial);
  for (const spot of spotsIn(within, breakers, terrain.space, { budget, edges: [...tiers, ...near] })) {
    if (current !== undefined && !isSameButFees(current.spot, spot)) {
      if (!current.good) return fail(current);
      current = undefined;
    }
    current ??= { spot, good: false, why: "" };
    if (!current.good) judge(spot, current);
  }
  if (current === undefined)
    return {
      field: claim.field,
      kind: "false",
      message: "no request is what it speaks of, so nothing is ever allowed",
    };
  if (!current.good) return fail(current);
  const lonely = lonelyInitiator(claim, terrain);
  if (lonely !== undefined) return { field: claim.field, kind: "false", message: lonely };
  return { field: claim.field, kind: "proved", message: "every such request can come to be allowed" };
}

/** One request with any key and any fees: whether some choice works, and why the last did not. */
type Trial = { readonly spot: Spot; good: boolean; why: string; outcome?: Outcome; key?: Name };

function regionOf({ when, namesOperation }: AlwaysClaim, { ground: { policy } }: Terrain): Placed {
  const carried = new Set(policy.rules.flatMap((rule) => [...rule.when.operations]));
  return { condition: namesOperation ? when : { ...when, operations: carried }, policy };
}

/** Spots come with fees running fastest, and every operation with people of its own. */
function isSameButFees(one: Spot, other: Spot): boolean {
  return (
    one.initiators === other.initiators &&
    one.recipients === other.recipients &&
    one.amount === other.amount &&
    one.at === other.at &&
    one.typed === other.typed
  );
}

function judgeOf(claim: AlwaysClaim, terrain: Terrain, budget: Budget): (spot: Spot, trial: Trial) => void {
  const { ground } = terrain;
  const named = new Set(ground.policy.rules.flatMap(({ tiers }) => tiers.map(({ sign }) => sign)));
  const keys = [...named].filter((key) => claim.when.accounts === undefined || claim.when.accounts.has(key)).sort();
  const known = new Map<string, string>();
  const lack = (ask: Ask, initiator: Name | undefined): string => {
    const key = `${initiator ?? ""} ${JSON.stringify(ask)}`;
    const found =
      known.get(key) ??
      peopleLack(claim, ask, { roster: ground.roster, groups: ground.policy.groups, initiator, budget });
    known.set(key, found);
    return found;
  };
  const whyNot = (outcome: Outcome, initiator: Name | undefined): string => {
    if (outcome.kind !== "permitted") return denial(outcome);
    const { ask, delaySeconds } = outcome.requirement;
    return requirementLack(claim, delaySeconds) || lack(ask, initiator);
  };
  return (spot, trial) => {
    const possible = keys.filter((key) => !isVoid(spot, key, ground));
    trial.good ||= keys.length > 0 && possible.length === 0;
    for (const key of possible) {
      const outcome = outcomeIn(ground, spot, key);
      const why = whyNot(outcome, spot.initiators[0]?.id);
      trial.good ||= why === "";
      if (trial.good) return;
      // A choice that comes further says more than one with the wrong key.
      if (trial.outcome?.kind !== "permitted" || outcome.kind === "permitted")
        Object.assign(trial, { why, outcome, key });
    }
  };
}

function denial(outcome: Exclude<Outcome, { kind: "permitted" }>): string {
  return outcome.kind === "ambiguous"
    ? `${outcome.rules.map(({ id }) => id).join(" and ")} both match`
    : `${outcome.clause} denies it`;
}

function requirementLack({ withinSeconds }: AlwaysClaim, delaySeconds: number): string {
  if (withinSeconds === undefined || delaySeconds <= withinSeconds) return "";
  return `it waits ${duration.format(delaySeconds)}, longer than ${duration.format(withinSeconds)}`;
}

/** Why people cannot agree, or nothing; `afterLosing` over every way to lose so many of those who could. */
function peopleLack({ people, afterLosing }: AlwaysClaim, ask: Ask, electorate: Electorate): string {
  const kins = kinsOf([ask], electorate);
  for (const lost of losses(kins, afterLosing)) {
    const left = kins.map((kin) => kin.filter((person) => !lost.includes(person)));
    const without = lost.length === 0 ? "" : `without ${names(lost)}, `;
    if (!canMeet(ask, left.flat(), electorate)) return `${without}nobody is left who could agree`;
    if (people === undefined) continue;
    const least = fewest(ask, electorate, left);
    if (least !== undefined && least.length > people)
      return `${without}it takes ${least.length} people, more than ${people}`;
  }
  return "";
}

/** Whoever is lost cannot ask either: somebody else must be there who may. */
function lonelyInitiator({ when, afterLosing }: AlwaysClaim, { ground: { roster } }: Terrain): string | undefined {
  const members = when.initiator === undefined ? roster.roster.people : roster.members(when.initiator);
  return members.length > afterLosing ? undefined : `without ${names(members)}, nobody is left who could ask`;
}

function names(people: readonly Member[]): string {
  return people
    .map(({ id }) => id)
    .sort()
    .join(" and ");
}

function failed({ field }: AlwaysClaim, { ground: { policy, roster } }: Terrain, trial: Trial): Verdict {
  const { spot, why, outcome } = trial;
  const key = trial.key ?? roster.roster.keys[0]?.id;
  const witness = key === undefined ? undefined : witnessOf(spot, key, { policy, roster });
  const message = why === "" ? "no key signs for it" : why;
  if (witness === undefined) return { field, kind: "false", message };
  if (outcome !== undefined && outcome.kind !== "permitted") {
    const ask: Ask = {
      quorum: { all: policy.rules.flatMap(({ tiers }) => tiers.map(({ quorum }) => quorum)) },
      floors: [],
    };
    const voters = votersFor(ask, { roster, groups: policy.groups, initiator: witness.initiator });
    const { verdict } = decide(inputBest(witness, { policy, roster, voters, waitedSeconds: witness.at }));
    invariant(verdict !== "allowed", "what a cell denies is denied");
  }
  return { field, kind: "false", message, example: exampleOf(witness, policy, roster) };
}
