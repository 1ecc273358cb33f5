/** Laws of the order of requirements, over random ones; and that it says of people exactly what asking every order of them says. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quorumSchema, type Quorum } from "../../../src/policy/document/requirement.ts";
import {
  asksAtLeast,
  compare,
  type Comparison,
  type Held,
  type Requirement,
} from "../../../src/policy/analyse/strength.ts";
import { meetInOrder } from "../../../src/policy/analyse/voting.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import type { Member } from "../../../src/roster/roster.ts";
import { n } from "../../unit/policy/example.ts";
import { everybody, quorum } from "./small-policy.ts";

const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns });

/** Few enough that every order of them can be asked. */
const few = indexRoster({
  ...everybody.roster,
  people: everybody.roster.people.filter(({ id }) => !["omar", "olga"].includes(id)),
});

/** The first part of it, where a tier and an addition stand side by side; else all of it. */
const floorOf = (asked: Quorum): Quorum => ("all" in asked ? (asked.all[0] ?? asked) : asked);

const requirement: fc.Arbitrary<Requirement> = fc
  .record({
    quorum: quorum.map((one) => quorumSchema.parse(one)),
    people: fc.constantFrom(0, 0, 2, 3),
    units: fc.constantFrom(0, 0, 2),
    delaySeconds: fc.constantFrom(0, 60),
    vetoes: fc.subarray([
      { group: n("compliance"), min: 1 },
      { group: n("officers"), min: 2 },
    ]),
    sign: fc.constantFrom(n("hsm-mint"), n("hsm-mint"), n("hsm-other")),
  })
  .map(({ quorum: asked, people, units, ...rest }) => ({
    ...rest,
    ask: { quorum: asked, floors: people + units === 0 ? [] : [{ quorum: floorOf(asked), people, units }] },
  }));

const held: fc.Arbitrary<Held> = requirement.map((one) => ({
  requirement: one,
  electorate: { roster: few, groups: new Map(), initiator: n("ida") },
}));

const reverse: Readonly<Record<Comparison, Comparison>> = {
  equal: "equal",
  stronger: "weaker",
  weaker: "stronger",
  incomparable: "incomparable",
  undecided: "undecided",
};

const isAtLeast = (one: Held, other: Held): boolean => ["equal", "stronger"].includes(compare(other, one));

function* orders(people: readonly Member[], chosen: readonly Member[] = []): Generator<readonly Member[]> {
  yield chosen;
  for (const [index, person] of people.entries()) yield* orders(people.toSpliced(index, 1), [...chosen, person]);
}

const everyOrder = [...orders(few.roster.people.filter(({ id }) => !["ida", "ivan"].includes(id)))];

describe("the order of requirements", () => {
  it("holds everything to be as strong as itself", () => {
    fc.assert(
      fc.property(held, (one) => {
        expect(compare(one, one)).toBe("equal");
      }),
      runs(200),
    );
  });

  it("says the reverse of the reverse", () => {
    fc.assert(
      fc.property(held, held, (one, other) => {
        expect(compare(one, other)).toBe(reverse[compare(other, one)]);
      }),
      runs(200),
    );
  });

  it("carries over from one to the next", () => {
    let carried = 0;
    fc.assert(
      fc.property(held, held, held, (a, b, c) => {
        if (!isAtLeast(a, b) || !isAtLeast(b, c)) return;
        carried += 1;
        expect(isAtLeast(a, c)).toBe(true);
      }),
      runs(600),
    );
    expect(carried).toBeGreaterThan(0);
  });

  it("says of people what asking every order of them says", () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(held, held, (one, other) => {
        const meets = ({ requirement: { ask }, electorate }: Held, people: readonly Member[]): boolean =>
          meetInOrder(ask, people, electorate);
        const implied = everyOrder.every((people) => !meets(one, people) || meets(other, people));
        seen[implied ? "yes" : "no"] += 1;
        expect(asksAtLeast(one, other)).toBe(implied ? "yes" : "no");
      }),
      runs(150),
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(10);
  });
});
