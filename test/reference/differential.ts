/** The engine against the reference, over random cases: they agree on each, and every kind of clause decides often enough. */
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { compile } from "../../src/policy/compile/compile.ts";
import { decide } from "../../src/policy/decide.ts";
import { difference } from "./agreement.ts";
import { causes, type Cause } from "./failure.ts";
import { writtenCases } from "./random-case.ts";
import { answer, deciding } from "./reference.ts";

export type Tally = {
  readonly cases: number;
  readonly simplified: number;
  readonly allowed: number;
  readonly decided: ReadonlyMap<Cause, number>;
};

/** So many of 100,000 cases must be decided by each kind of clause, and so many allowed. */
export const leastDecided = 500;
export const leastAllowed = 20_000;

/** Throws with a shrunk case and the seed when the two differ. */
export function differential(cases: number, seed: number): Tally {
  let allowed = 0;
  let simpler = 0;
  let seen = 0;
  const decided = new Map<Cause, number>(causes.map((cause) => [cause, 0]));
  fc.assert(
    fc.property(writtenCases, ({ plain, document, rest, simplified }) => {
      const ours = answer(plain);
      const differs = difference(decide({ ...rest, policy: compile(document) }), ours);
      assert.equal(differs, undefined, differs);
      seen += 1;
      if (simplified) simpler += 1;
      if (ours.verdict === "allowed") allowed += 1;
      const count = decided.get(deciding(ours)?.cause ?? "no rule");
      if (count !== undefined) decided.set(deciding(ours)!.cause, count + 1);
    }),
    { numRuns: cases, seed },
  );
  assert.equal(seen, cases);
  return { cases, simplified: simpler, allowed, decided };
}

/** In fewer cases than these a share is blurred by chance, by three of its own deviations at most. */
const many = 10_000;

/** What was seen too seldom to be called checked; empty when all is well. */
export function tooSeldom({ cases, simplified, allowed, decided }: Tally): string[] {
  const share = (least: number): number => {
    const due = (least * cases) / 100_000;
    return Math.floor(cases < many ? due - 3 * Math.sqrt(due) : due);
  };
  const seldom = [...decided].filter(([, count]) => count < share(leastDecided));
  return [
    ...seldom.map(([cause, count]) => `${cause} decided ${count} of ${cases} cases, fewer than ${share(leastDecided)}`),
    ...(simplified * 20 > cases ? [`${simplified} of ${cases} policies do not compile, more than one in twenty`] : []),
    ...(allowed < share(leastAllowed) ? [`${allowed} of ${cases} cases are allowed, fewer than one in five`] : []),
  ];
}
