/** Every set of seven people before every quorum of a family: met exactly when trying all assignments finds one. */
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import { documentWith, idOf, inputWith, n, rosterWith } from "../../unit/policy/example.ts";
import type { Vote } from "../../../src/policy/facts.ts";
import type { Quorum } from "../../../src/policy/document/requirement.ts";
import type { PlainPolicy, PlainQuorum, PlainRoster } from "../../reference/plain.ts";
import { meets, seatsOf, type Voter } from "../../reference/seats.ts";
import { toWire } from "../../../src/values/wire.ts";

/** Some in one group, some in two, one in all three: where counting and matching differ. */
const seven = rosterWith({
  carla: { groups: ["custodians", "compliance"].map(n) },
  chris: { groups: [n("custodians")] },
  cyril: { groups: ["custodians", "officers"].map(n) },
  cora: { groups: [n("compliance")] },
  otto: { groups: ["officers", "compliance", "custodians"].map(n) },
  olga: { groups: [n("officers")] },
  omar: { groups: ["officers", "compliance"].map(n) },
});
const people = ["carla", "chris", "cyril", "cora", "otto", "olga", "omar"] as const;
const groups = ["custodians", "compliance", "officers"] as const;

const leaves = groups.flatMap((group) => [1, 2, 3].map((min): PlainQuorum => ({ group, min })));
const small = groups.map((group): PlainQuorum => ({ group, min: 1 }));
const pairs = leaves.flatMap((a, index) => leaves.slice(index).map((b): [PlainQuorum, PlainQuorum] => [a, b]));

const unordered: PlainQuorum[] = [
  ...leaves,
  ...pairs.map((all): PlainQuorum => ({ all })),
  ...pairs.map((any): PlainQuorum => ({ any })),
  ...small.flatMap((a) => pairs.slice(0, 20).map((any): PlainQuorum => ({ all: [a, { any }] }))),
  ...small.flatMap((a) => pairs.slice(20).map((all): PlainQuorum => ({ any: [{ ...a, min: 3 }, { all }] }))),
];
const ordered: PlainQuorum[] = [
  ...leaves.flatMap((a) => leaves.map((b): PlainQuorum => ({ ordered: [a, b] }))),
  ...small.flatMap((a) => small.flatMap((b) => small.map((c): PlainQuorum => ({ ordered: [a, b, c] })))),
  ...small.flatMap((a) => small.map((b): PlainQuorum => ({ ordered: [{ any: [a, { all: [b, b] }] }, b] }))),
];

const base = inputWith();
const mint = { operation: "mint", initiator: { group: "issuers" } };

function judging(quorum: PlainQuorum): (votes: Vote[]) => { ok: boolean; people: number } {
  const document = documentWith({
    ...{ groups: { observers: { min: 2 } }, separation: [], guards: [], limits: [] },
    rules: [{ id: "mint", when: mint, tiers: [{ upTo: "max", quorum: quorum as Quorum, sign: "hsm-mint" }] }],
  });
  const input: DecideInput = { ...base, roster: seven, policy: compile(document) };
  return (votes) => {
    const { clauses, seats } = decide({ ...input, facts: { ...base.facts, votes } });
    const sitters = seats.flatMap(({ person }) => (person === null ? [] : [person]));
    expect(new Set(sitters).size).toBe(sitters.length);
    return { ok: clauses.find(({ id }) => id === "mint.quorum")!.ok, people: sitters.length };
  };
}

/** The vote of somebody at a place in the order. */
function voteAt(person: string, position: number): Vote {
  const credential = seven.roster.people.find(({ id }) => id === person)!.credentials[0]!;
  return {
    ...{ person: n(person), credential: credential.id, credentialKind: credential.kind },
    ...{ approvalId: idOf(person), statement: idOf(person), expiresAt: base.intent.expiresAt, position },
  };
}

const plainRoster = toWire(seven.roster) as unknown as PlainRoster;
const plainPolicy = { groups: {} } as PlainPolicy;

function brute(quorum: PlainQuorum, votes: readonly Vote[]): boolean {
  const some = votes.map((vote): Voter => ({
    id: vote.person,
    position: vote.position ?? 0,
    kinds: [vote.credentialKind],
  }));
  return meets(quorum, some, plainPolicy, plainRoster);
}

/** Every subset of the seven. */
const subsets = Array.from({ length: 2 ** people.length }, (_, bits) =>
  people.filter((_person, nth) => (bits >> nth) % 2 === 1),
);

it("is met by a set of people exactly when its seats can be given to them", () => {
  let met = 0;
  let below = 0;
  for (const quorum of unordered) {
    const judge = judging(quorum);
    for (const some of subsets) {
      const votes = some.map((person) => voteAt(person, 0));
      const { ok } = judge(votes);
      if (ok !== brute(quorum, votes)) expect({ quorum, some, ok }).toBe("what trying everything finds");
      if (ok) met += 1;
      else below += 1;
    }
  }
  expect(unordered.length).toBeGreaterThan(200);
  expect(met + below).toBe(unordered.length * 128);
  expect(Math.min(met, below)).toBeGreaterThan(5_000);
});

/** All orders of few, three orders of many. */
function orders(some: readonly string[]): string[][] {
  if (some.length > 3) return [[...some], [...some].reverse(), [...some.slice(2), ...some.slice(0, 2)]];
  if (some.length < 2) return [[...some]];
  return some.flatMap((first) => orders(some.filter((one) => one !== first)).map((rest) => [first, ...rest]));
}

it("is met in an order exactly when the order can be cut into its stages", () => {
  let met = 0;
  let late = 0;
  for (const quorum of ordered) {
    const judge = judging(quorum);
    for (const some of subsets) {
      const answers = orders(some).map((row) => {
        const votes = row.map((person, position) => voteAt(person, position));
        const { ok } = judge(votes);
        if (ok !== brute(quorum, votes)) expect({ quorum, row, ok }).toBe("what trying everything finds");
        return ok;
      });
      if (answers.includes(true)) met += 1;
      if (answers.includes(true) && answers.includes(false)) late += 1;
    }
  }
  expect(met).toBeGreaterThan(1_000);
  expect(late).toBeGreaterThan(200);
});

it("is never met by fewer people than it has seats", () => {
  for (const quorum of [...leaves, ...pairs.map((all): PlainQuorum => ({ all }))]) {
    const judge = judging(quorum);
    const seats = seatsOf(quorum).length;
    for (const some of subsets.filter((set) => set.length < seats))
      expect(judge(some.map((person) => voteAt(person, 0))).ok).toBe(false);
  }
});
