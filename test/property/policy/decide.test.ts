/** Laws of the decision, over random cases near and far from the allowed one. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import { policyCodes } from "../../../src/policy/code.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import { decisionSchema } from "../../../src/policy/decision.ts";
import { explainDecision } from "../../../src/policy/words/explain.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { toWire } from "../../../src/values/wire.ts";
import { document, documentWith, inputWith, vote } from "../../unit/policy/example.ts";
import { caseOf, runs } from "./random-case.ts";

const codes: ReadonlySet<string> = new Set(policyCodes);

const extraGuards = [
  { id: "fee-2", unless: { maxFee: { lte: "0.005 ETH" } }, deny: true },
  { id: "fee-3", when: { operation: "mint" }, unless: { maxFee: { lte: "0.04 ETH" } }, deny: true },
  {
    id: "half",
    when: { operation: "mint" },
    require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "1h", cover: { ratio: "0.5" } },
  },
];
const extraLimits = [
  {
    id: "to-day",
    when: { operation: { in: ["mint", "transfer"] } },
    metric: "sum",
    window: "rolling 48h",
    per: "to",
    max: "800 GLD",
    over: "deny",
  },
  { id: "all-hour", metric: "sum", window: "rolling 1h", per: "asset", max: "900 GLD", over: "deny" },
];

it("never throws, whatever the facts, and answers what its schema reads", () => {
  fc.assert(
    fc.property(caseOf(), (input) => {
      const decision = decide(input);
      expect(codes.has(decision.code)).toBe(true);
      expect(decision.verdict === "allowed").toBe(decision.clauses.every((clause) => clause.ok));
      expect(decisionSchema.parse(toWire(decision))).toEqual(decision);
      expect(explainDecision(decision).length).toBeGreaterThan(0);
    }),
    runs(500),
  );
});

it("never allows more with a guard or a limit more", () => {
  let flipped = 0;
  const guards = fc.subarray(extraGuards, { minLength: 0 });
  const limits = fc.subarray(extraLimits, { minLength: 0 });
  fc.assert(
    fc.property(caseOf(), guards, limits, (input, moreGuards, moreLimits) => {
      const policy = compile(
        documentWith({ guards: [...document.guards!, ...moreGuards], limits: [...document.limits!, ...moreLimits] }),
      );
      const before = decide(input).verdict;
      const after = decide({ ...input, policy }).verdict;
      if (after === "allowed") expect(before).toBe("allowed");
      if (before === "refused") expect(after).toBe("refused");
      if (before !== after) flipped += 1;
    }),
    runs(400),
  );
  expect(flipped).toBeGreaterThan(10);
});

/** One fact fewer: a vote is no fact about the world, and a spend is one that only denies. */
function without(input: DecideInput, what: number): DecideInput {
  const { facts } = input;
  const keys = Object.keys(facts.observed);
  const gone = keys[what % Math.max(1, keys.length)];
  const observed = Object.fromEntries(Object.entries(facts.observed).filter(([one]) => one !== gone));
  const fewer = [
    { ...facts, observed },
    { ...facts, reserves: facts.reserves.slice(1) },
    { ...facts, votes: facts.votes.slice(1) },
    { ...facts, listedSince: {} },
  ];
  return { ...input, facts: fewer[what % fewer.length]! };
}

it("never allows what it denied because a fact is missing", () => {
  const lists = { treasury: { minAge: "1h", entries: document.lists!["treasury" as never]!.entries } };
  fc.assert(
    // Several attestors may disagree; with one missing, the others decide, so each case has at most one.
    fc.property(caseOf({ policy: { lists } }), fc.nat(), (input, what) => {
      const one = { ...input, facts: { ...input.facts, reserves: input.facts.reserves.slice(0, 1) } };
      if (decide(without(one, what)).verdict === "allowed") expect(decide(one).verdict).toBe("allowed");
    }),
    runs(400),
  );
});

it("allows nothing when there is no fact at all", () => {
  fc.assert(
    fc.property(caseOf(), (input) => {
      const facts = { ...input.facts, votes: [], reserves: [], observed: {}, listedSince: {} };
      expect(decide({ ...input, facts }).verdict).not.toBe("allowed");
    }),
    runs(200),
  );
});

it("answers the same in every order of facts, rules, guards, limits and lists", () => {
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length });
  const turned: fc.Arbitrary<Policy> = fc
    .record({ rules: shuffled(document.rules), entries: shuffled(document.lists!["treasury" as never]!.entries) })
    .map(({ rules, entries }) => compile(documentWith({ rules, lists: { treasury: { entries } } })));
  const cases = caseOf().chain((input) =>
    fc.record({
      input: fc.constant(input),
      votes: shuffled(input.facts.votes),
      spends: shuffled(input.facts.spends ?? []),
      reserves: shuffled(input.facts.reserves),
      policy: turned,
    }),
  );
  fc.assert(
    fc.property(cases, ({ input, votes, spends, reserves, policy }) => {
      expect(decide({ ...input, policy, facts: { ...input.facts, votes, spends, reserves } })).toEqual(decide(input));
    }),
    runs(400),
  );
});

it("is a function: twice the same, and it leaves its input as it was", () => {
  fc.assert(
    fc.property(caseOf(), (input) => {
      const before = JSON.stringify(toWire(input.facts));
      expect(decide(input)).toEqual(decide(input));
      expect(JSON.stringify(toWire(input.facts))).toBe(before);
    }),
    runs(200),
  );
});

it("never counts the initiator, whoever it is", () => {
  for (const person of ["carla", "chris", "cyril"]) {
    const input = inputWith({
      initiator: person,
      facts: { votes: [vote(person), vote(person === "chris" ? "cyril" : "chris")] },
    });
    const roster = {
      ...input.roster,
      inGroup: (id: string, group: string) => group === "issuers" || input.roster.inGroup(id as never, group as never),
    };
    const decision = decide({ ...input, roster });
    expect(decision.code).toBe("policy.quorum-missing");
    expect(decision.missing[0]?.candidates).not.toContain(person);
  }
});
