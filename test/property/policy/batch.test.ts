/** Whoever agrees to what: a request is allowed exactly when enough people agreed to it alone, or to one batch that its rule takes, by the total of that batch. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { BatchFact } from "../../../src/policy/facts.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import * as amount from "../../../src/values/amount.ts";
import { toWire } from "../../../src/values/wire.ts";
import { decideWith, gld, idOf, mintRule, now, tierWith, vote } from "../../unit/policy/example.ts";

const most = { count: 5, total: gld("3000") };
const tiers = [
  tierWith({ upTo: "1000 GLD" }),
  tierWith({ upTo: "5000 GLD", quorum: { group: "custodians", min: 3 } }),
].flatMap((rule) => rule["tiers"] as object[]);
const rules = [{ ...mintRule(), tiers, batch: { max: most.count, total: "3000 GLD" } }];

const people = fc.subarray(["carla", "chris", "cyril", "cora", "otto", "ida"]);
const custodians = new Set(["carla", "chris", "cyril"]);
const size = fc.oneof(
  fc.constantFrom(gld("99"), gld("100"), gld("1000"), amount.fromBigInt(gld("1000") + 1n), gld("3000")),
  fc.bigInt({ min: 1n, max: gld("4000") }).map(amount.fromBigInt),
);
const batch = fc.record({ count: fc.integer({ min: 1, max: 7 }), total: size, largest: size, people });

/** Counted by hand, way by way. */
function isAllowed(
  alone: readonly string[],
  batches: readonly (Pick<BatchFact, "count" | "total" | "largest"> & { people: string[] })[],
): boolean {
  const enough = (voters: readonly string[], total: bigint): boolean =>
    voters.filter((one) => custodians.has(one)).length >= (total <= gld("1000") ? 2 : 3);
  return (
    enough(alone, gld("100")) ||
    batches.some(
      ({ count, total, largest, people: voters }) =>
        count >= 2 &&
        count <= most.count &&
        total <= most.total &&
        largest >= gld("100") &&
        largest <= total &&
        enough(voters, total),
    )
  );
}

it("never takes people of one way for another", () => {
  let allowed = 0;
  fc.assert(
    fc.property(people, fc.array(batch, { maxLength: 3 }), (alone, batches) => {
      const facts = batches.map(({ people: voters, ...weight }, index) => ({
        ...weight,
        merkleRoot: idOf(`root ${index}`),
        firstSeen: parseInstant(now),
        votes: voters.map((person) => vote(person)),
      }));
      const decision = decideWith({
        policy: { rules },
        facts: { votes: alone.map((person) => vote(person)), batches: toWire(facts) },
      });
      const expected = isAllowed(alone, batches);
      allowed += expected ? 1 : 0;
      expect(decision.verdict).toBe(expected ? "allowed" : "pending");
    }),
    { numRuns: 400 },
  );
  expect(allowed).toBeGreaterThan(20);
});
