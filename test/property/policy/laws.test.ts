/** Laws of the decision over whole random policies. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import { readPolicyDocument, type PolicyDocument } from "../../../src/policy/document/document.ts";
import type { Facts } from "../../../src/policy/facts.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import type { PlainPolicy } from "../../reference/plain.ts";
import { randomAddition, randomGuard, randomLimit } from "../../reference/random-policy.ts";
import { writtenCases, type WrittenCase } from "../../reference/random-case.ts";
import { makeSense } from "../../reference/random-sense.ts";
import { chooser, tape } from "../../reference/tape.ts";
import { missingOne, withholding } from "../../reference/withholding.ts";
import { runs } from "./random-case.ts";
import { untilSeen } from "./until-seen.ts";

/** A case that breaks a law is made smaller, which takes longer than all the cases that keep it. */
const minutes = 300_000;

type Judged = Pick<WrittenCase, "document" | "rest">;

function judge({ document, rest }: Judged): Decision {
  return decide({ ...rest, policy: compile(document) });
}

/** A decision without the order in which its clauses stand. */
function unordered({ clauses, code, ...rest }: Decision): unknown {
  return {
    ...rest,
    first: clauses.every(({ ok }) => ok) ? code : "",
    clauses: [...clauses].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });

it(
  "answers the same in every order of rules",
  () => {
    const cases = writtenCases.chain((one) => fc.tuple(fc.constant(one), shuffled(one.document.rules)));
    fc.assert(
      fc.property(cases, ([one, rules]) => {
        expect(judge({ ...one, document: { ...one.document, rules } })).toEqual(judge(one));
      }),
      runs(300),
    );
  },
  minutes,
);

/** The case with two guards more that add to what is demanded, whoever comes first. */
function demanding({ plain, rest }: WrittenCase): Judged {
  const more = [
    { id: "more-b", add: { quorum: { group: "officers", min: 1 }, delay: "1h" } },
    { id: "more-a", add: { quorum: { group: "compliance", min: 1 }, distinct: { people: 2 } } },
  ];
  return { rest, document: readPolicyDocument({ ...plain.policy, guards: [...(plain.policy.guards ?? []), ...more] }) };
}

it(
  "answers the same in every order of guards, limits, list entries and facts",
  () => {
    const turned = ({ document, rest }: Judged): fc.Arbitrary<Judged> => {
      const { facts } = rest;
      return fc
        .record({
          guards: shuffled(document.guards ?? []),
          limits: shuffled(document.limits ?? []),
          votes: shuffled(facts.votes),
          vetoes: shuffled(facts.vetoes ?? []),
          spends: shuffled(facts.spends ?? []),
          reserves: shuffled(facts.reserves),
          prices: shuffled(facts.prices ?? []),
          identities: shuffled(facts.identities ?? []),
          documents: shuffled(facts.documents ?? []),
        })
        .map(({ guards, limits, ...words }) => {
          const known = Object.entries(words).filter(([kind]) => facts[kind as keyof Facts] !== undefined);
          return {
            document: { ...document, guards, limits },
            rest: { ...rest, facts: { ...facts, ...Object.fromEntries(known) } },
          };
        });
    };
    const cases = writtenCases.map(demanding).chain((one) => fc.tuple(fc.constant(one), turned(one)));
    fc.assert(
      fc.property(cases, ([one, other]) => {
        expect(unordered(judge(other))).toEqual(unordered(judge(one)));
      }),
      runs(300),
    );
  },
  minutes,
);

/** The document with one guard or one limit more, and what the gate counts of it; undefined when it is no policy. */
function stricter({ plain, rest }: WrittenCase, numbers: Uint32Array): Judged | undefined {
  const choose = chooser(numbers);
  const policy = structuredClone(plain.policy);
  const id = "one-more";
  const how = choose.of(["guard", "limit", "addition"]);
  if (how === "guard") (policy.guards ??= []).push(randomGuard({ ...plain, policy }, choose, id));
  else if (how === "limit") (policy.limits ??= []).push(randomLimit({ ...plain, policy }, choose, id));
  else (policy.guards ??= []).push({ id, add: randomAddition(choose) });
  makeSense(policy);
  const known = choose.chance(70) && rest.facts.usage !== undefined;
  const little = { added: choose.of([0n, 1n, 10n ** 20n]), removed: 0n, count: choose.below(4), roomAt: null };
  const usage = known ? { usage: { ...rest.facts.usage, "limit.one-more": little } } : {};
  const next = read(policy);
  return next === undefined ? undefined : { document: next, rest: { ...rest, facts: { ...rest.facts, ...usage } } };
}

function read(policy: PlainPolicy): PolicyDocument | undefined {
  try {
    const document = readPolicyDocument(policy);
    compile(document);
    return document;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

it(
  "never turns a denial into an allowance by a guard or a limit more",
  () => {
    const seen = { kept: 0, tightened: 0 };
    untilSeen(seen, { kept: 6, tightened: 6 }, (random) => {
      fc.assert(
        fc.property(writtenCases, tape, (one, numbers) => {
          const more = stricter(one, numbers);
          fc.pre(more !== undefined);
          const before = judge({ document: one.document, rest: more.rest }).verdict;
          const after = judge(more).verdict;
          if (before !== "allowed") expect(after).not.toBe("allowed");
          if (before === "refused") expect(after).toBe("refused");
          if (before === "allowed") seen[after === "allowed" ? "kept" : "tightened"] += 1;
        }),
        { ...runs(700), ...random },
      );
    });
  },
  minutes,
);

it(
  "never turns a denial into an allowance by taking facts away",
  () => {
    const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);
    const { allowed, flipped } = withholding(1_500, seed);
    expect(allowed).toBeGreaterThan(200);
    expect(flipped).toBeGreaterThan(50);
  },
  minutes,
);

it(
  "denies what it allowed when a fact that it rests on is gone",
  () => {
    const needed = new Set<string>();
    fc.assert(
      fc.property(writtenCases, (one) => {
        const policy = compile(one.document);
        const whole: DecideInput = { ...one.rest, policy };
        fc.pre(decide(whole).verdict === "allowed");
        for (const { what, facts, bounds } of missingOne(whole)) {
          const { verdict, clauses } = decide({ ...whole, facts, bounds });
          if (verdict !== "allowed") needed.add(what.replace(/ .*/, ""));
          if (isAlwaysNeeded(what, whole)) expect(`${what}: ${verdict}`).not.toBe(`${what}: allowed`);
          if (verdict !== "allowed") expect(clauses.some(({ ok }) => !ok)).toBe(true);
        }
      }),
      runs(250),
    );
    expect([...needed].sort()).toEqual(
      [
        "documents",
        "identities",
        "listedSince",
        "managed",
        "observed",
        "prices",
        "reserves",
        "rounds",
        "spends",
        "usage",
        "votes",
      ].sort(),
    );
  },
  minutes,
);

/** What every allowance of this kind rests on, whatever the policy says. */
function isAlwaysNeeded(what: string, { intent, facts }: DecideInput): boolean {
  const moves = ["mint", "transfer", "burn", "redeem"].includes(intent.operation);
  if (["votes", "managed key"].includes(what)) return true;
  if (what.endsWith(" codehash")) return true;
  if (what.endsWith(" paused")) return moves;
  if (what === "usage ceiling.fees" || (what === "usage ceiling.day" && moves)) return true;
  return (what === "usage" && facts.spends === undefined) || (what === "spends" && facts.usage === undefined);
}

it(
  "gives each person one seat, and only to somebody of the group with a credential of theirs",
  () => {
    let seated = 0;
    fc.assert(
      fc.property(writtenCases, (one) => {
        const { seats, clauses, requires } = judge(one);
        const sitters = seats.flatMap(({ person }) => (person === null ? [] : [person]));
        expect(new Set(sitters).size).toBe(sitters.length);
        expect(sitters).not.toContain(one.rest.initiator);
        for (const { group, person, credential } of seats) {
          if (person === null) continue;
          seated += 1;
          expect(one.rest.roster.inGroup(person, group)).toBe(true);
          expect(one.rest.roster.roster.services.map(({ id }) => id)).not.toContain(person);
          const vote = one.rest.facts.votes.find((some) => some.credential === credential && some.person === person);
          expect(vote?.expiresAt).toBeGreaterThan(one.rest.facts.now);
        }
        const met = clauses.find(({ id, kind }) => kind === "quorum" && id.endsWith(".quorum"))?.ok;
        if (requires !== null && met !== undefined)
          expect(met).toBe(seats.length > 0 && seats.every(({ person }) => person !== null));
      }),
      runs(400),
    );
    expect(seated).toBeGreaterThan(200);
  },
  minutes,
);

type Place = { readonly holder: Record<string, unknown>; readonly key: string };

/** Every number, amount and value of the case, wherever it stands. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Place[] => {
    const isValue = ["number", "bigint"].includes(typeof inner) || (typeof inner === "string" && key === "value");
    return isValue ? [{ holder: value as Record<string, unknown>, key }] : placesOf(inner);
  });
}

const lastInstant = 253_402_300_799;
const times = ["now", "firstSeen", "notBefore", "expiresAt", "asOf"];

/** The same case with some of its numbers, most of them times, at an end of what they can be. */
function wild(input: DecideInput, picks: readonly number[]): DecideInput {
  const copy = structuredClone({ facts: input.facts, intent: input.intent, bounds: input.bounds });
  const places = placesOf(copy);
  const clocks = places.filter(({ key }) => times.includes(key));
  for (const pick of picks) {
    const some = pick % 2 === 0 ? clocks : places;
    const { holder, key } = some[(pick >> 3) % some.length]!;
    const end = (pick >> 1) % 4;
    const old = holder[key];
    if (typeof old === "number") holder[key] = [0, lastInstant, 1, lastInstant - 1][end];
    else if (typeof old === "bigint") holder[key] = [0n, 2n ** 256n - 1n, 1n, 2n ** 64n][end];
    else holder[key] = ["", "-1", "0x", "9".repeat(90)][end];
  }
  return { ...input, ...copy };
}

it(
  "never throws, answers twice the same, and leaves what it was given as it was",
  () => {
    fc.assert(
      fc.property(writtenCases, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (one, picks) => {
        const input = wild({ ...one.rest, policy: compile(one.document) }, picks);
        const before = structuredClone({ facts: input.facts, intent: input.intent, bounds: input.bounds });
        const decision = decide(input);
        expect(decision.verdict === "allowed").toBe(decision.clauses.every(({ ok }) => ok));
        expect(decide({ ...input, policy: compile(one.document) })).toEqual(decision);
        expect({ facts: input.facts, intent: input.intent, bounds: input.bounds }).toEqual(before);
      }),
      runs(400),
    );
  },
  minutes,
);
