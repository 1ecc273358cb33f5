/** Clauses of time: when an intent begins, ends, and how long a tier makes it wait. */
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { Judgement } from "./judgement.ts";
import type { Demand } from "./demand.ts";
import { ageOf } from "./holds.ts";
import { partsOf } from "./part.ts";
import type { Case, Rule } from "../policy.ts";

const last = instant.fromIso("9999-12-31T23:59:59Z");

/** `seconds` after `start`, or the last instant there is: a wait beyond it never ends. */
export function after(start: instant.Instant, seconds: number): instant.Instant {
  return instant.parse(Math.min(last, start + seconds));
}

/** Life of the intent itself; an intent is over at the very instant of its expiry. */
export function judgeLife({ intent, facts, bounds }: Case): readonly Judgement[] {
  const now = instant.toIso(facts.now);
  const life = intent.expiresAt - facts.firstSeen;
  return [
    {
      id: "intent.expiresAt",
      kind: "wait",
      code: "policy.expired",
      ok: facts.now < intent.expiresAt,
      curable: false,
      observed: `it is ${now}`,
      bound: `before ${instant.toIso(intent.expiresAt)}`,
    },
    {
      id: "intent.lifetime",
      kind: "ceiling",
      code: "policy.lifetime",
      ok: life <= bounds.lifetimeSubmissionSeconds,
      curable: false,
      observed: `lives ${duration.format(Math.max(0, life))}`,
      bound: `at most ${duration.format(bounds.lifetimeSubmissionSeconds)}`,
    },
    {
      id: "intent.notBefore",
      kind: "wait",
      code: "policy.not-yet",
      ok: facts.now >= intent.notBefore,
      curable: true,
      observed: `it is ${now}`,
      bound: `from ${instant.toIso(intent.notBefore)}`,
    },
  ];
}

/** The delay runs from when the gate first stored the submission; in a batch, from when it also had its list. */
export function judgeDelay({ facts }: Case, rule: Rule, { delaySeconds }: Demand): Judgement {
  const over = after(facts.firstSeen, delaySeconds);
  return {
    id: `${rule.id}.delay`,
    kind: "wait",
    code: "policy.delay",
    // A delay that would end beyond the last instant does not end at it.
    ok: facts.now - facts.firstSeen >= delaySeconds,
    curable: true,
    observed: `it is ${instant.toIso(facts.now)}, first seen ${instant.toIso(facts.firstSeen)}`,
    bound: `${duration.format(delaySeconds)} later, from ${instant.toIso(over)}`,
  };
}

/** The earliest instant at which all waits are over. */
export function earliest(one: Case, rule: Rule, demand: Demand | undefined): instant.Instant {
  const { intent, facts } = one;
  const ages = partsOf(rule.when).flatMap((part) => {
    const age = ageOf(part, one);
    return age?.since === undefined ? [] : [after(age.since, age.minAgeSeconds)];
  });
  const ends = [intent.notBefore, after(facts.firstSeen, demand?.delaySeconds ?? 0), ...ages];
  return instant.parse(Math.max(...ends));
}
