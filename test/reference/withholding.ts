/** Facts taken away: what nobody vouches for any more never turns a no into a yes, and what a yes rests on cannot be missing. */
import { strict as assert } from "node:assert";
import fc from "fast-check";
import { compile } from "../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../src/policy/decide.ts";
import type { Facts } from "../../src/policy/facts.ts";
import { writtenCases } from "./random-case.ts";

/**
 * A fact, or all of one kind, that can go. Left out are words that only ever deny: a veto, a spend, one attestor who disagrees with
 * another, a later vote of the same person, and the age of the account's nonce.
 */
export type Missing = { readonly what: string; readonly facts: Facts; readonly bounds: DecideInput["bounds"] };

/** Every way in which one fact of the case can be missing. */
export function missingOne({ facts, bounds }: Pick<DecideInput, "facts" | "bounds">): Missing[] {
  const whole = (["votes", "reserves"] as const).map((kind) => ({
    what: kind,
    facts: { ...facts, [kind]: [] },
    bounds,
  }));
  const optional = (["spends", "prices", "identities", "documents"] as const)
    .filter((kind) => facts[kind] !== undefined)
    .map((kind) => ({ what: kind, facts: without(facts, kind), bounds }));
  // Spends are the form in which 0.1.0 said the same: where nobody counted, nobody listed them either.
  const uncounted = { what: "usage", facts: without(without(facts, "usage"), "spends"), bounds };
  const counts = facts.usage === undefined ? [] : [uncounted];
  const voters = [...new Set(facts.votes.map(({ person }) => person))].map((gone) => ({
    ...{ what: `votes of ${gone}`, bounds },
    facts: { ...facts, votes: facts.votes.filter(({ person }) => person !== gone) },
  }));
  const keyed = (["observed", "listedSince", "usage", "rounds"] as const).flatMap((kind) =>
    Object.keys(facts[kind] ?? {})
      .filter((key) => !key.endsWith(" nonce"))
      .map((key) => ({ what: `${kind} ${key}`, facts: { ...facts, [kind]: without(facts[kind]!, key) }, bounds })),
  );
  const managed = { what: "managed key", facts, bounds: { ...bounds, managed: undefined } };
  return [...whole, ...optional, ...counts, ...voters, ...keyed, managed];
}

function without<T extends object>(record: T, gone: string): T {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== gone)) as T;
}

export type Withheld = { readonly cases: number; readonly allowed: number; readonly flipped: number };

/** Takes one to three facts out of each case. Throws with the shrunk case and the seed when that allows what was not. */
export function withholding(cases: number, seed: number): Withheld {
  const counts = { cases: 0, allowed: 0, flipped: 0 };
  fc.assert(
    fc.property(writtenCases, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), ({ document, rest }, picks) => {
      const policy = compile(document);
      const before = decide({ ...rest, policy }).verdict;
      let left: DecideInput = { ...rest, policy };
      const gone: string[] = [];
      for (const pick of picks) {
        const ways = missingOne(left);
        const { what, facts, bounds } = ways[pick % ways.length]!;
        gone.push(what);
        left = { ...left, facts, bounds };
      }
      const after = decide(left).verdict;
      if (before !== "allowed") assert.notEqual(after, "allowed", `without ${gone.join(", ")} it is allowed`);
      counts.cases += 1;
      if (before === "allowed") counts.allowed += 1;
      if (before === "allowed" && after !== "allowed") counts.flipped += 1;
    }),
    { numRuns: cases, seed },
  );
  return counts;
}
