/** The policy engine against its reference and its laws, at the stated counts. */
import { strict as assert } from "node:assert";
import { differential, tooSeldom } from "../reference/differential.ts";
import { withholding } from "../reference/withholding.ts";
import type { Item } from "./item.ts";

/** What the policy engine, its reference and its tests are made of. */
export const engine = [
  ...["src/policy", "src/values", "src/intent", "src/roster", "src/statement", "src/evidence", "src/genesis"],
  ...["src/config", "src/adapters/credential"],
];

const perRound = { small: 5_000, stated: 10_000 };

/** Each round is judged by its own share, so that the whole has at least the stated number of every kind. */
export const referenceItem: Item = {
  name: "policy-reference",
  shows:
    "an independent, naive reading of the policy's text answers as `decide` does on random policies, intents and facts: verdict, rule, tier, requirement and the set of failing clauses; one case in five is allowed, and every kind of clause decides 500 of 100,000 or more",
  rounds: { small: 1, stated: 10 },
  reads: engine,
  run: ({ scale, seed }) => {
    const tally = differential(perRound[scale], seed);
    assert.deepEqual(tooSeldom(tally), []);
    const least = Math.min(...tally.decided.values());
    return Promise.resolve({
      cases: tally.cases,
      allowed: tally.allowed,
      "decided by the rarest kind of clause": least,
    });
  },
};

export const withheldItem: Item = {
  name: "policy-missing-facts",
  shows: "no case that was not allowed is allowed when one to three of its facts are taken away",
  rounds: { small: 1, stated: 10 },
  reads: engine,
  run: ({ scale, seed }) => {
    const { cases, allowed, flipped } = withholding(perRound[scale], seed);
    assert.ok(flipped * 20 > cases, `only ${String(flipped)} of ${String(cases)} were denied for want of a fact`);
    return Promise.resolve({ cases, allowed, "denied for want of a fact": flipped });
  },
};
