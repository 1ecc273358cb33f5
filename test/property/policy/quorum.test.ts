/** Laws of the quorum, and a second, naive reading of it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { assign } from "../../../src/policy/decide/quorum.ts";
import { branches, isBounded } from "../../../src/policy/compile/way.ts";
import type { Vote } from "../../../src/policy/facts.ts";
import type { Groups } from "../../../src/policy/policy.ts";
import { partsOf, type Quorum } from "../../../src/policy/document/requirement.ts";
import type { Name } from "../../../src/values/name.ts";
import { n, rosterWith } from "../../unit/policy/example.ts";
import { quorum, runs, votes } from "./random-case.ts";

/** People in two and three groups, so that matching is not counting. */
const index = rosterWith({
  carla: { groups: [n("custodians"), n("compliance")] },
  cora: { groups: [n("compliance"), n("officers"), n("custodians")] },
  otto: { groups: [n("officers"), n("custodians")] },
});
const groups: Groups = new Map([
  [n("custodians"), { min: 1, credentials: new Set(["wallet", "key"] as const) }],
  [n("compliance"), { min: 1, credentials: new Set(["wallet"] as const) }],
]);
const services = new Set(index.roster.services.map((service) => service.id));

/** The naive reading: try every way to give each seat in turn to one of the people left. */
function naive(tree: Quorum, some: readonly Vote[]): boolean {
  const people = [...new Set(some.map((one) => one.person))].filter((person) => !services.has(person));
  const may = (person: Name, group: Name): boolean => {
    const kinds = groups.get(group)?.credentials;
    return (
      index.inGroup(person, group) &&
      some.some((one) => one.person === person && (kinds?.has(one.credentialKind) ?? true))
    );
  };
  const fill = (seats: readonly Name[], left: readonly Name[]): boolean => {
    const [group, ...rest] = seats;
    if (group === undefined) return true;
    return left.some(
      (person) =>
        may(person, group) &&
        fill(
          rest,
          left.filter((one) => one !== person),
        ),
    );
  };
  const ways = (part: Quorum): Name[][] => {
    if ("group" in part) return [Array.from({ length: part.min }, () => part.group)];
    if ("any" in part) return part.any.flatMap(ways);
    let all: Name[][] = [[]];
    for (const inner of partsOf(part)) all = all.flatMap((way) => ways(inner).map((more) => [...way, ...more]));
    return all;
  };
  return ways(tree).some((seats) => seats.length <= 8 && fill(seats, people));
}

it("decides as the naive reading does", () => {
  let met = 0;
  fc.assert(
    fc.property(quorum, votes, (tree, some) => {
      fc.pre(isBounded(tree) && branches(tree).every((way) => way.length <= 8));
      const answer = assign(tree, some, index, groups).met;
      if (answer) met += 1;
      expect(answer).toBe(naive(tree, some));
    }),
    runs(800),
  );
  expect(met).toBeGreaterThan(100);
});

it("gives the same answer and the same seats in every order of votes", () => {
  fc.assert(
    fc.property(
      quorum,
      votes.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
      (tree, [some, other]) => {
        expect(assign(tree, other, index, groups)).toEqual(assign(tree, some, index, groups));
      },
    ),
    runs(500),
  );
});

it("is never met by fewer people than its smallest way has seats, and every sitter has one seat", () => {
  fc.assert(
    fc.property(quorum, votes, (tree, some) => {
      const { met, seats } = assign(tree, some, index, groups);
      const sitters = seats.flatMap((seat) => (seat.person === null ? [] : [seat.person]));
      expect(new Set(sitters).size).toBe(sitters.length);
      const fewest = Math.min(...branches(tree).map((way) => way.length));
      const people = new Set(some.map((one) => one.person));
      if (people.size < fewest) expect(met).toBe(false);
      expect(met).toBe(seats.every((seat) => seat.person !== null));
    }),
    runs(500),
  );
});

it("falls with any sitter when everybody who voted has a seat of a single way", () => {
  fc.assert(
    fc.property(quorum, votes, (tree, some) => {
      const { met, seats } = assign(tree, some, index, groups);
      fc.pre(met && branches(tree).length === 1);
      const sitters = seats.map((seat) => seat.person);
      const seated = some.filter((one) => sitters.includes(one.person));
      for (const gone of sitters) {
        expect(
          assign(
            tree,
            seated.filter((one) => one.person !== gone),
            index,
            groups,
          ).met,
        ).toBe(false);
      }
    }),
    runs(300),
  );
});

it("is never undone by one more vote", () => {
  fc.assert(
    fc.property(quorum, votes, votes, (tree, some, more) => {
      if (assign(tree, some, index, groups).met) expect(assign(tree, [...some, ...more], index, groups).met).toBe(true);
    }),
    runs(500),
  );
});
