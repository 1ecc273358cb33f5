/** The ways in which people agree: by a batch whose total is weighed, or to the request alone, and never by a mixture of both. */
import { describe, expect, it } from "vitest";
import { decisionSchema, type Decision } from "../../../../src/policy/decision.ts";
import type { BatchFact } from "../../../../src/policy/facts.ts";
import * as amount from "../../../../src/values/amount.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { managedKey } from "../../../place/people.ts";
import { decideWith, gld, idOf, mintRule, n, tierWith, vote } from "../example.ts";

const tiers = [
  tierWith({ upTo: "1000 GLD" }),
  tierWith({ upTo: "5000 GLD", quorum: { group: "custodians", min: 3 } }),
  tierWith({ upTo: "9000 GLD", quorum: { group: "custodians", min: 3 }, sign: "hsm-other" }),
].flatMap((rule) => rule["tiers"] as object[]);

const policy = (batch: object | null): Record<string, unknown> => ({
  rules: [{ ...mintRule(), tiers, ...(batch && { batch }) }],
});
const other = managedKey("hsm-other");
const most = { max: 3, total: "8000 GLD" };

const batchOf = (people: readonly string[], fields: Partial<BatchFact> = {}): BatchFact => ({
  merkleRoot: idOf("root"),
  count: 2,
  total: gld("900"),
  largest: gld("500"),
  votes: people.map((person) => vote(person)),
  ...fields,
});

function decided(
  batches: readonly BatchFact[],
  given: { alone?: readonly string[]; batch?: object | null } = {},
): Decision {
  const { alone = [], batch = most } = given;
  return decideWith({
    policy: policy(batch),
    facts: { batches: toWire(batches), votes: alone.map((person) => vote(person)) },
  });
}

describe("a batch", () => {
  it("fills the seats of the tier of its total", () => {
    const two = ["carla", "chris"];
    expect(decided([batchOf(two)])).toMatchObject({
      verdict: "allowed",
      tier: 0,
      batch: { merkleRoot: idOf("root"), count: 2, total: "900 GLD" },
    });
    expect(decided([batchOf(two, { total: gld("1000") })])).toMatchObject({ verdict: "allowed", tier: 0 });
    const more = batchOf(two, { total: amount.fromBigInt(gld("1000") + 1n) });
    expect(decided([more])).toMatchObject({ verdict: "pending", missing: [{ group: "custodians", count: 1 }] });
    expect(decided([{ ...more, votes: [...more.votes, vote("cyril")] }])).toMatchObject({
      verdict: "allowed",
      tier: 1,
    });
  });

  it.each<[string, Partial<BatchFact>]>([
    ["of more requests than the rule takes", { count: 4 }],
    ["of more together than the rule takes", { total: amount.fromBigInt(gld("8000") + 1n) }],
    ["whose largest is smaller than this", { largest: gld("99") }],
    ["whose largest is more than all together", { largest: gld("901") }],
    ["of nothing", { count: 0 }],
  ])("%s counts for nothing", (_, fields) => {
    const decision = decided([batchOf(["carla", "chris", "cyril"], fields)]);
    expect(decision).toMatchObject({ verdict: "pending", code: "policy.quorum-missing", tier: 0 });
    expect(decision.batch).toBeUndefined();
    expect(decision.clauses.find(({ id }) => id === "mint.batch")).toMatchObject({ ok: false, curable: true });
  });

  it("counts for nothing where the rule takes none, and stands in nobody's way", () => {
    const all = batchOf(["carla", "chris", "cyril"]);
    expect(decided([all], { batch: null }).verdict).toBe("pending");
    const alone = decided([all], { batch: null, alone: ["carla", "chris"] });
    expect(alone).toMatchObject({ verdict: "allowed", tier: 0 });
    expect(alone.clauses.find(({ id }) => id === "mint.batch")).toMatchObject({
      ok: true,
      bound: "no batch counts here",
    });
  });

  it("is not helped by approvals of the request alone, nor by another batch", () => {
    const second = batchOf(["chris"], { merkleRoot: idOf("other") });
    expect(decided([batchOf(["carla"]), second], { alone: ["cyril"] }).verdict).toBe("pending");
    expect(decided([batchOf(["carla"]), second], { alone: ["cyril", "chris"] })).toMatchObject({ verdict: "allowed" });
  });

  it("is shown where it lacks no more people than the request alone", () => {
    expect(decided([batchOf(["carla"])]).batch?.count).toBe(2);
    expect(decided([batchOf(["carla"], { total: gld("2000") })], { alone: ["carla"] }).batch).toBeUndefined();
  });

  it("is signed by the key of its own tier, for which a request that names it waits", () => {
    const cold = batchOf(["carla", "chris", "cyril"], { total: gld("7000") });
    expect(decided([cold])).toMatchObject({ verdict: "pending" });
    const named = (batches: readonly BatchFact[], batch: object | null = most): Decision =>
      decideWith({
        policy: policy(batch),
        intent: { account: other.account },
        bounds: { managed: { key: n("hsm-other"), account: other.account } },
        facts: { votes: [], batches: toWire(batches) },
      });
    expect(named([])).toMatchObject({ verdict: "pending", code: "policy.wrong-key" });
    expect(named([cold])).toMatchObject({ verdict: "allowed", tier: 2, key: "hsm-other" });
    expect(named([], { max: 3, total: "5000 GLD" })).toMatchObject({ verdict: "refused", code: "policy.wrong-key" });
    expect(named([], null)).toMatchObject({ verdict: "refused", code: "policy.wrong-key" });
  });

  it("is written into a decision that its own schema reads", () => {
    const decision = decided([batchOf(["carla", "chris"])]);
    expect(decisionSchema.parse(toWire(decision))).toEqual(decision);
  });
});
