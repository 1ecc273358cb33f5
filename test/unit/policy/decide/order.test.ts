/** Orders: a stage counts only those who voted when the stage before was complete, and everybody sits once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allTries, arrangements, openTo, whenever } from "../../../../src/policy/decide/order.ts";
import { assign, peopleMeet, type Ballot, type Seating } from "../../../../src/policy/decide/quorum.ts";
import { partsOf, type Quorum } from "../../../../src/policy/document/requirement.ts";
import { branches } from "../../../../src/policy/compile/way.ts";
import type { Name } from "../../../../src/values/name.ts";
import { n, rosterWith, vote } from "../example.ts";

const custodians = (min: number): Quorum => ({ group: n("custodians"), min });
const compliance = (min: number): Quorum => ({ group: n("compliance"), min });
const order: Quorum = { ordered: [compliance(1), custodians(2)] };
const both = [n("compliance"), n("custodians")];
const index = rosterWith({ cora: { groups: both }, otto: { groups: both }, chris: { groups: both } });

/** The votes in this order, each one later. */
const seat = (quorum: Quorum, ...people: string[]): Seating =>
  assign(
    quorum,
    people.map((person, position) => vote(person, { position: position + 1 })),
    index,
    new Map(),
  );

describe("an order", () => {
  it("is met by votes in its order, and not in another", () => {
    expect(seat(order, "cora", "carla", "cyril").met).toBe(true);
    expect(seat(order, "carla", "cora", "cyril").met).toBe(false);
    expect(seat(order, "carla", "cyril", "cora").met).toBe(false);
  });

  it("says who must vote next, also again, and nobody of a stage whose turn has not come", () => {
    const { seats, missing } = seat(order, "carla", "cora", "cyril");
    expect(seats.map(({ person }) => person)).toEqual(["cora", "cyril", null]);
    expect(missing).toEqual([{ group: "custodians", count: 1, candidates: ["carla", "chris", "otto"] }]);
    expect(seat(order, "carla", "cyril").missing).toEqual([
      { group: "compliance", count: 1, candidates: ["chris", "cora", "otto"] },
      { group: "custodians", count: 2, candidates: ["carla", "chris", "cora", "cyril", "otto"] },
    ]);
  });

  it("places somebody at their latest vote", () => {
    expect(seat(order, "carla", "cora", "cyril", "carla").met).toBe(true);
    expect(seat(order, "cora", "carla", "cyril", "cora").met).toBe(false);
  });

  it("is as short in every stage as can be, so that later stages have the most people", () => {
    expect(seat(order, "otto", "cora", "carla").seats.map(({ person }) => person)).toEqual(["otto", "carla", "cora"]);
  });

  it("is never met by votes whose order nobody knows", () => {
    const votes = ["cora", "carla", "cyril"].map((person) => vote(person));
    expect(assign(order, votes, index, new Map()).met).toBe(false);
    expect(peopleMeet(order, new Set(["cora", "carla", "cyril"].map(n)), index)).toBe(true);
    expect(peopleMeet(order, new Set(["cora", "carla"].map(n)), index)).toBe(false);
  });

  it("beside other seats is met when somebody can be spared for them", () => {
    const added: Quorum = { all: [order, compliance(1)] };
    expect(seat(added, "cora", "carla", "cyril").met).toBe(false);
    // The shortest first stage would take otto, and leave nobody for the seat that is added.
    expect(seat(added, "otto", "cora", "carla", "cyril").met).toBe(true);
    expect(seat(added, "cora", "carla", "cyril", "otto").met).toBe(true);
  });

  it("seats whom it does not ask for whoever votes when, and in a stage that has begun whoever it has", () => {
    const beside: Quorum = { all: [order, custodians(1)] };
    const { seats, missing } = seat(beside, "carla");
    expect(seats.map(({ person }) => person)).toEqual([null, null, null, "carla"]);
    expect(missing.map(({ group, count }) => [group, count])).toEqual([
      ["compliance", 1],
      ["custodians", 2],
    ]);
    expect(seat(beside, "cora", "carla").seats.map(({ person }) => person)).toEqual(["cora", "carla", null, null]);
  });

  it("takes in its last stage whoever is first by name, however late", () => {
    expect(seat(order, "cora", "cyril", "chris", "carla").seats.map(({ person }) => person)).toEqual([
      "cora",
      "carla",
      "chris",
    ]);
  });

  it("asks of each order apart, and of each stage apart", () => {
    const two: Quorum = { ordered: [custodians(1), compliance(1)] };
    expect(seat({ all: [two, two] }).missing.map(({ group, count }) => [group, count])).toEqual([
      ["custodians", 1],
      ["compliance", 1],
      ["custodians", 1],
      ["compliance", 1],
    ]);
    const back: Quorum = { ordered: [custodians(1), compliance(1), custodians(2)] };
    expect(seat(back).missing.map(({ group, count }) => [group, count])).toEqual([
      ["custodians", 1],
      ["compliance", 1],
      ["custodians", 2],
    ]);
    // The second order is met by the same votes in their own order.
    expect(seat({ all: [two, two] }, "carla", "cyril", "cora", "otto").met).toBe(true);
    expect(seat({ all: [two, two] }, "carla", "cora", "otto").met).toBe(false);
  });

  it("of four stages begins each where the one before was complete", () => {
    const four: Quorum = { ordered: [compliance(1), custodians(1), compliance(1), custodians(1)] };
    expect(seat(four, "cora", "carla", "otto", "cyril").met).toBe(true);
    expect(seat(four, "cora", "carla", "cyril", "otto").met).toBe(false);
    const beside: Quorum = { all: [four, custodians(1)] };
    expect(seat(beside, "cora", "carla", "otto", "cyril", "chris").met).toBe(true);
    expect(seat(beside, "cora", "carla", "cyril", "otto", "chris").met).toBe(true);
    expect(seat(beside, "carla", "cora", "otto", "cyril", "chris").met).toBe(false);
  });

  it("of three stages begins each where the one before was complete", () => {
    const three: Quorum = { ordered: [compliance(1), custodians(1), compliance(1)] };
    expect(seat(three, "cora", "carla", "otto").met).toBe(true);
    expect(seat(three, "cora", "otto", "carla").met).toBe(false);
    expect(seat(three, "cora", "otto", "chris").met).toBe(true);
  });
});

/** The naive reading: try every way to give each seat to somebody else, stage after stage above all of the stages before. */
function naive(quorum: Quorum, ballots: readonly Ballot[]): boolean {
  const position = new Map<Name, number>();
  for (const ballot of ballots)
    position.set(ballot.person, Math.max(position.get(ballot.person) ?? 0, ballot.position ?? 0));
  type Seat = { readonly group: Name; readonly stage: number | undefined };
  const seatsOf = (part: Quorum, stage: number | undefined): Seat[][] => {
    if ("group" in part) return [Array.from({ length: part.min }, () => ({ group: part.group, stage }))];
    if ("any" in part) return part.any.flatMap((inner) => seatsOf(inner, stage));
    return partsOf(part).reduce<Seat[][]>(
      (ways, inner, at) =>
        ways.flatMap((way) => seatsOf(inner, "ordered" in part ? at : stage).map((more) => [...way, ...more])),
      [[]],
    );
  };
  const fill = (seats: readonly Seat[], sat: readonly { person: Name; stage: number | undefined }[]): boolean => {
    const [next, ...rest] = seats;
    if (next === undefined) {
      return sat.every((a) =>
        sat.every(
          (b) =>
            a.stage === undefined ||
            b.stage === undefined ||
            a.stage >= b.stage ||
            (position.get(a.person) ?? 0) < (position.get(b.person) ?? 0),
        ),
      );
    }
    return [...position.keys()]
      .filter((person) => index.inGroup(person, next.group) && !sat.some((one) => one.person === person))
      .some((person) => fill(rest, [...sat, { person, stage: next.stage }]));
  };
  return seatsOf(quorum, undefined).some((seats) => fill(seats, []));
}

it("decides as the naive reading does, alone and beside what is added", () => {
  const leaf = fc.record({ group: fc.constantFrom(...both), min: fc.integer({ min: 1, max: 2 }) });
  const stages = fc.array(
    fc.oneof(
      leaf,
      fc.array(leaf, { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
    ),
    {
      minLength: 2,
      maxLength: 3,
    },
  );
  const ordered = stages.map((parts): Quorum => ({ ordered: parts }));
  const quorums = fc.oneof(
    ordered,
    fc.tuple(ordered, leaf).map((all): Quorum => ({ all })),
  );
  const people = fc.array(fc.constantFrom("cora", "carla", "cyril", "otto", "chris"), { maxLength: 7 });
  let met = 0;
  fc.assert(
    fc.property(quorums, people, (quorum, some) => {
      const votes = some.map((person, position) => vote(person, { position: position + 1 }));
      const answer = assign(quorum, votes, index, new Map()).met;
      if (answer) met += 1;
      expect(answer).toBe(naive(quorum, votes));
    }),
    { numRuns: 1_500 },
  );
  expect(met).toBeGreaterThan(100);
});

describe("an arrangement", () => {
  it("opens every place to everybody when order is no matter", () => {
    const [way] = branches(order);
    const open = whenever(way!);
    expect(open.among.map(([index]) => index)).toEqual([0, 1, 2]);
    expect(way!.every((place) => openTo(open, place, 0))).toBe(true);
  });

  const five = Array.from({ length: 5 }, (_, position) => ({ position }));
  /** Everybody sits when there is no order, and nobody in any. */
  const onlyWithout = (): { full: () => boolean; looked: () => number } => {
    let looked = 0;
    return { full: () => (looked += 1) === 1, looked: () => looked };
  };

  it("asks nothing where there is no order", () => {
    const [way] = branches(custodians(2));
    const full = (): boolean => {
      throw new Error("asked");
    };
    expect(arrangements(way!, five, { full, tries: allTries() })).toEqual(whenever(way!));
  });

  it("tries no combination for an order that stands alone, and each once beside other seats", () => {
    const three: Quorum = { ordered: [compliance(1), custodians(1), compliance(1)] };
    const left = (quorum: Quorum, allowed: number): number => {
      const tries = { left: allowed };
      arrangements(branches(quorum)[0]!, five, { full: onlyWithout().full, tries });
      return tries.left;
    };
    expect(left(three, 100)).toBe(100);
    // Two ends among five positions.
    expect(left({ all: [three, custodians(1)] }, 100)).toBe(90);
    expect(left({ all: [three, custodians(1)] }, 10)).toBe(0);
    expect(left({ all: [three, custodians(1)] }, 9)).toBe(9);
    expect(left({ all: [three, three] }, 100)).toBe(0);
    // As many as ever for the quorum of four stages and more people than that.
    expect(left({ all: [order, order, custodians(1)] }, 100)).toBe(75);
  });

  it("looks for the shortest stages from the earliest vote on", () => {
    const way = branches(order)[0]!;
    const seen: unknown[] = [];
    const full = ({ among, begins }: ReturnType<typeof whenever>): boolean => {
      seen.push([among.map(([index]) => index), begins.get(0)]);
      return seen.length === 3;
    };
    const found = arrangements(way, [{ position: 7 }, { position: 3 }, { position: 7 }, { position: 5 }], {
      full,
      tries: allTries(),
    });
    expect(seen).toEqual([
      [[0], [-1, 3]],
      [[0], [-1, 5]],
      [[0], [-1, 7]],
    ]);
    expect(found.begins.get(0)).toEqual([-1, 7]);
    expect(found.among.map(([index]) => index)).toEqual([0, 1, 2]);
  });

  it("gives up combinations beyond a bound, and then takes each stage as short as can be", () => {
    const wide: Quorum = { all: [order, order, order] };
    const [way] = branches(wide);
    const standing = Array.from({ length: 30 }, (_, position) => ({ position }));
    let tries = 0;
    const full = (): boolean => {
      tries += 1;
      // Without an order everybody sits.
      return tries === 1;
    };
    arrangements(way!, standing, { full, tries: allTries() });
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(200);
  });

  it("tries no more for all ways of a quorum together than for one", () => {
    const way = branches({ all: [order, custodians(1)] })[0]!;
    const standing = Array.from({ length: 30 }, (_, position) => ({ position }));
    const tries = allTries();
    const most = tries.left;
    let looked = 0;
    for (let again = 0; again < 1_000; again += 1) {
      let first = true;
      const full = (): boolean => {
        looked += 1;
        const relaxed = first;
        first = false;
        return relaxed;
      };
      arrangements(way, standing, { full, tries });
    }
    expect(tries.left).toBeGreaterThanOrEqual(0);
    // Beside one look without and a few stage by stage for each way.
    expect(looked).toBeLessThan(most + 1_000 * 64);
    expect(tries.left).toBeLessThan(30);
  });

  it("tries none where people are too few in any order", () => {
    const way = branches({ all: [order, custodians(1)] })[0]!;
    const standing = [{ position: 1 }];
    const tries = allTries();
    const { left } = tries;
    arrangements(way, standing, { full: () => false, tries });
    expect(tries.left).toBe(left);
  });
});
