/** The ways in which people agree: by a batch whose total is weighed, or to the request alone, and never by a mixture of both. */
import { describe, expect, it } from "vitest";
import { decisionSchema, type Decision } from "../../../../src/policy/decision.ts";
import type { BatchFact } from "../../../../src/policy/facts.ts";
import * as amount from "../../../../src/values/amount.ts";
import { parse as parseInstant } from "../../../../src/values/instant.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { managedKey } from "../../../place/people.ts";
import { clause, day, decideWith, gld, idOf, mintRule, minute, n, now, tierWith, vote } from "../example.ts";

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
  firstSeen: parseInstant(now - day),
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
    ["of this request and no other", { count: 1 }],
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

  it("waits from when the gate had its list, however long each request has been there", () => {
    const delayed = [{ ...mintRule(), ...tierWith({ upTo: "9000 GLD", delay: "10m" }), batch: most }];
    const young = (seconds: number): Decision =>
      decideWith({
        policy: { rules: delayed },
        facts: {
          firstSeen: now - day,
          votes: [],
          batches: toWire([batchOf(["carla", "chris"], { firstSeen: parseInstant(now - seconds) })]),
        },
      });
    expect(young(10 * minute - 1)).toMatchObject({ verdict: "pending", code: "policy.delay", notBefore: now + 1 });
    expect(young(10 * minute).verdict).toBe("allowed");
    const early = young(2 * day);
    expect(clause(early, "mint.delay").observed).toContain("first seen");
    expect(early.verdict).toBe("allowed");
    expect(clause(early, "mint.delay")).toEqual(clause(young(day), "mint.delay"));
  });

  it("takes nothing from what the request demands alone", () => {
    const tier = (upTo: string, fields: object): object =>
      (tierWith({ upTo, ...fields })["tiers"] as object[])[0] ?? {};
    const uneven = [
      tier("1000 GLD", {
        quorum: {
          all: [
            { group: "compliance", min: 1 },
            { group: "custodians", min: 1 },
          ],
        },
        delay: "1h",
        distinct: { people: 3 },
        veto: { group: "officers", min: 1 },
      }),
      tier("9000 GLD", { quorum: { group: "custodians", min: 2 } }),
    ];
    const of = (people: readonly string[], fields: object = {}): Decision =>
      decideWith({
        policy: { rules: [{ ...mintRule(), tiers: uneven, batch: most }] },
        facts: {
          votes: [],
          batches: toWire([batchOf(people, { total: gld("2000") })]),
          firstSeen: now - day,
          ...fields,
        },
      });
    const all = ["carla", "chris", "cora"];
    const said = (decision: Decision): unknown => decision.clauses.filter(({ ok }) => !ok).map(({ id }) => id);
    expect(of(all)).toMatchObject({ verdict: "allowed", tier: 1 });
    expect(said(of(["carla", "chris", "cyril"]))).toEqual(["mint.alone.quorum"]);
    expect(of(["carla", "chris", "cyril"]).missing).toMatchObject([{ group: "compliance", count: 1 }]);
    expect(said(of(["carla", "cora"]))).toEqual(["mint.quorum", "mint.people"]);
    const batches = toWire([batchOf(all, { total: gld("2000"), firstSeen: parseInstant(now - 60 * minute + 1) })]);
    expect(said(of(all, { batches }))).toEqual(["mint.delay"]);
    const vetoes = [{ person: "otto", statement: idOf("veto"), at: now }];
    expect(of(all, { vetoes }).clauses.filter(({ ok }) => !ok)).toMatchObject([{ id: "mint.alone.veto" }]);
  });

  it("meets guards that speak of amounts as one request of its total does", () => {
    const guarded = (guard: object, people: readonly string[], total = "900"): Decision =>
      decideWith({
        policy: {
          ...policy(most),
          guards: [{ id: "large", when: { operation: "mint", amount: { gt: "800 GLD" } }, ...guard }],
        },
        facts: { votes: [], batches: toWire([batchOf(people, { total: gld(total) })]) },
      });
    const two = ["carla", "chris"];
    expect(guarded({ deny: true }, two, "800")).toMatchObject({ verdict: "allowed", batch: { total: "800 GLD" } });
    expect(guarded({ deny: true }, two)).toMatchObject({ verdict: "pending" });
    const add = { add: { quorum: { group: "compliance", min: 1 } } };
    expect(guarded(add, two).verdict).toBe("pending");
    expect(guarded(add, [...two, "cora"])).toMatchObject({ verdict: "allowed", batch: { total: "900 GLD" } });
    const unless = { when: { operation: "mint" }, unless: { amount: { lte: "800 GLD" } }, deny: true };
    expect(guarded(unless, two, "800").verdict).toBe("allowed");
    expect(guarded(unless, two)).toMatchObject({ verdict: "pending" });
  });

  it("is written into a decision that its own schema reads", () => {
    const decision = decided([batchOf(["carla", "chris"])]);
    expect(decisionSchema.parse(toWire(decision))).toEqual(decision);
  });
});
