/** One word about many requests: it counts for each of them by what they come to together, and never for more or less than was signed. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { entrySchema, type Entry } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import type { Json } from "../../../src/values/json.ts";
import { batchApproval, batchPolicy, documentOf, legsOf } from "../../place/batch.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, idOf, sightings, submission, units } from "../../place/gold.ts";
import { sign, type PersonId } from "../../place/people.ts";

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

let place: GatePlace;
let legs: readonly Envelope[];

async function open(policy = batchPolicy(), amounts: readonly number[] = [400, 400, 400]): Promise<void> {
  place = openPlace(goldDeployment({ policy }));
  await bringEvidence(place);
  legs = legsOf(place.deployment, place.now, amounts);
  for (const leg of legs) expect(codeOf(await place.admit(leg))).toBe("admitted");
}

beforeEach(() => open());
afterEach(() => place.close());

async function reopen(...given: Parameters<typeof open>): Promise<void> {
  await place.close();
  await open(...given);
}

type Said = {
  readonly of?: readonly Envelope[];
  readonly overrides?: Record<string, unknown>;
  readonly bare?: boolean;
};

async function say(by: PersonId, { of = legs, overrides = {}, bare = false }: Said = {}): Promise<string> {
  const word = batchApproval(place.deployment, of, by, overrides);
  return codeOf(await place.admit(word, bare ? undefined : documentOf(of)));
}

async function decisionOf(leg: Envelope | undefined): Promise<Decision> {
  if (leg === undefined) throw new Error("no such leg");
  const answer = await place.gate.answer({ verb: "sign", dryRun: true, requestId: requestIdOf(leg) });
  if (answer.kind !== "decided") throw new Error(codeOf(answer));
  return answer.decision;
}

const idsOf = (some: readonly Envelope[]): readonly Bytes32[] => some.map(requestIdOf);
const entries = (): readonly Entry[] =>
  place.journal.leaves(0, 10_000).map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)));

describe("a batch is weighed by its total", () => {
  test("although each of its requests alone is small", async () => {
    for (const by of ["carla", "chris"] as const) expect(await say(by)).toBe("admitted");
    const decision = await decisionOf(legs[0]);
    expect(decision).toMatchObject({ verdict: "pending", tier: 1, batch: { count: 3, total: "1,200 GLD" } });
    expect(decision.missing).toEqual([{ group: "compliance", count: 1, candidates: ["cora"] }]);
    expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.quorum-missing");
    expect(await say("cora")).toBe("admitted");
    for (const requestId of idsOf(legs)) expect((await place.sign(requestId)).kind).toBe("signed");
    expect(place.backend.asked()).toBe(3);
  });

  test("and two are enough for what two are enough for together", async () => {
    await reopen(batchPolicy(), [300, 300, 400]);
    for (const by of ["carla", "chris"] as const) await say(by);
    for (const requestId of idsOf(legs)) expect((await place.sign(requestId)).kind).toBe("signed");
  });

  test("to the last unit", async () => {
    await reopen(batchPolicy(), [300, 300, 400, 1]);
    for (const by of ["carla", "chris"] as const) await say(by);
    expect((await decisionOf(legs[0])).missing).toMatchObject([{ group: "compliance" }]);
  });
});

describe("a batch that the rule does not take counts for nothing", () => {
  const people = ["carla", "chris", "cora"] as const;

  test("where it takes none", async () => {
    await reopen(batchPolicy(null), [100, 100]);
    for (const by of people) expect(await say(by)).toBe("admitted");
    const decision = await decisionOf(legs[0]);
    expect(decision).toMatchObject({ verdict: "pending", tier: 0, code: "policy.quorum-missing" });
    expect(decision.batch).toBeUndefined();
    expect(decision.clauses.find(({ id }) => id === "mint.batch")).toMatchObject({
      ok: false,
      observed: "a batch of 2 requests, 200 GLD together",
      bound: "no batch counts here",
    });
  });

  test.each([
    ["of too many requests", { max: 2, total: "3000 GLD" }],
    ["of too much together", { max: 10, total: "1199 GLD" }],
  ])("%s", async (_, most) => {
    await reopen(batchPolicy(most));
    for (const by of people) expect(await say(by)).toBe("admitted");
    expect(await decisionOf(legs[0])).toMatchObject({ verdict: "pending", tier: 0 });
    expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.quorum-missing");
    // Each by itself is agreed to by itself, as ever.
    for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, legs[0]!, by));
    expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
  });
});

describe("what is signed is what the gate's own requests come to", () => {
  test.each([
    ["count", 2],
    ["total", units(1)],
    ["totalText", "1 GLD"],
    ["largest", units(1)],
    ["merkleRoot", idOf("another root")],
    ["operation", "burn"],
    ["chainId", 1],
  ])("and another %s is refused", async (field, value) => {
    const before = place.journal.size();
    expect(await say("carla", { overrides: { [field]: value } })).toBe(`batch.${field}`);
    expect(place.journal.size()).toBe(before);
    // Also once the batch is known, and without its list.
    await say("carla");
    const again = await say("chris", { overrides: { [field]: value }, bare: field !== "merkleRoot" });
    expect(again).toBe(`batch.${field}`);
  });

  test("and a list with another intent of a request is refused", async () => {
    const document = documentOf(legs);
    const [first, ...rest] = document.legs;
    const changed = { kind: "Batch", legs: [{ ...first, intentHash: idOf("another") }, ...rest] } as Json;
    const word = batchApproval(place.deployment, legs, "carla");
    expect(codeOf(await place.admit(word, changed))).toBe("batch.merkleRoot");
    const other = submission(place.deployment, { now: place.now, intent: { amount: units(1), reference: "LEG-1" } });
    expect(await say("carla", { of: [other, ...legs.slice(1)] })).toBe("batch.intentHash");
  });

  test.each<[string, (legs: readonly Json[]) => unknown, string]>([
    ["out of order", ([a, b, ...rest]) => ({ kind: "Batch", legs: [b, a, ...rest] }), "batch.order"],
    ["with a request twice", ([a, ...rest]) => ({ kind: "Batch", legs: [a, a, ...rest] }), "batch.order"],
    ["with nothing", () => ({ kind: "Batch", legs: [] }), "batch.malformed"],
    ["with more beside it", (all) => ({ kind: "Batch", legs: all, note: "x" }), "batch.malformed"],
    ["that is another document", (all) => ({ kind: "Distribution", legs: all }), "batch.malformed"],
  ])("and a list %s is refused", async (_, change, code) => {
    const word = batchApproval(place.deployment, legs, "carla");
    const document = change(documentOf(legs).legs) as Json;
    expect(codeOf(await place.admit(word, document))).toBe(code);
  });

  test("and nobody agrees to what the gate does not know", async () => {
    expect(await say("carla", { bare: true })).toBe("batch.unknown");
    const unknown = submission(place.deployment, { now: place.now, intent: { reference: "LEG-9" } });
    expect(await say("carla", { of: [...legs, unknown] })).toBe("batch.unknown-request");
  });

  test("and requests of another operation are no part of it", async () => {
    const redeem = submission(place.deployment, {
      now: place.now,
      intent: { operation: "redeem", to: `0x${"0".repeat(40)}`, reference: "R-1" },
    });
    expect(codeOf(await place.admit(redeem))).toBe("admitted");
    const word = batchApproval(place.deployment, legs, "carla");
    const mixed = documentOf([...legs, redeem]);
    const { root } = await import("../../../src/gate/batch.ts").then(({ BatchTree }) => new BatchTree(mixed.legs));
    const said = sign("carla", place.deployment.deploymentId, "BatchApproval", {
      ...word.message,
      count: mixed.legs.length,
      merkleRoot: root,
    });
    expect(codeOf(await place.admit(said, mixed as unknown as Json))).toBe("batch.mixed");
  });

  test.each<[string, (leg: Envelope) => Promise<unknown>]>([
    ["has expired", () => Promise.resolve((place.now += 3_600))],
    ["was rejected", (leg) => place.admit(approval(place.deployment, leg, "cyril", { decision: "reject" }))],
    [
      "was cancelled",
      (leg) => {
        const { requestId, intentHash } = leg.message;
        const message = { requestId, intentHash, reason: "typed wrong" };
        return place.admit(sign("ida", place.deployment.deploymentId, "Cancellation", message));
      },
    ],
    [
      "has its nonce already",
      async (leg) => {
        for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, leg, by));
        expect((await place.sign(requestIdOf(leg))).kind).toBe("signed");
      },
    ],
  ])("and nobody begins to agree to a batch of which one request %s", async (_, end) => {
    await end(legs[1]!);
    const overrides = { expiresAt: place.now + 600 };
    expect(await say("carla", { overrides })).toBe("batch.not-open");
    expect(await say("carla", { overrides: { ...overrides, decision: "reject" } })).toBe("admitted");
  });

  test("and a request that ends later ends alone", async () => {
    for (const by of ["carla", "chris"] as const) await say(by);
    await place.admit(approval(place.deployment, legs[1]!, "cyril", { decision: "reject" }));
    expect(await say("cora")).toBe("admitted");
    expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
    expect(codeOf(await place.sign(requestIdOf(legs[1]!)))).toBe("gate.rejected");
    expect((await place.sign(requestIdOf(legs[2]!))).kind).toBe("signed");
  });
});

describe("who may say it, and how often", () => {
  test("not whoever made one of the requests, not a service, not somebody without a seat", async () => {
    const own = submission(place.deployment, { now: place.now, by: "carla", intent: { reference: "LEG-9" } });
    expect(codeOf(await place.admit(own))).toBe("admitted");
    expect(await say("carla", { of: [...legs, own] })).toBe("approval.initiator");
    expect(await say("chris", { of: [...legs, own] })).toBe("admitted");
    expect(await say("carla", { of: [...legs, own], bare: true })).toBe("approval.initiator");
    expect(await say("obs-1")).toBe("approval.service");
    const policy = batchPolicy();
    await reopen({ ...policy, rules: policy.rules.filter(({ id }) => id === "mint") });
    expect(await say("otto")).toBe("approval.no-seat");
  });

  test("a batchId counts once, and two words of one person fill one seat", async () => {
    expect(await say("carla", { overrides: { batchId: idOf("once") } })).toBe("admitted");
    expect(await say("carla", { overrides: { batchId: idOf("once"), expiresAt: place.now + 60 } })).toBe(
      "approval.id-used",
    );
    expect(await say("carla", { of: legs.slice(1), overrides: { batchId: idOf("once") } })).toBe("approval.id-used");
    expect(await say("carla", { overrides: { batchId: idOf("twice") } })).toBe("admitted");
    expect(await say("chris", { overrides: { batchId: idOf("once") } })).toBe("admitted");
    expect((await decisionOf(legs[0])).seats.filter(({ person }) => person === "carla")).toHaveLength(1);
  });

  test("an approval of the request alone fills no seat of the batch, and the other way round", async () => {
    await reopen(batchPolicy(), [300, 300, 400]);
    await say("carla");
    await place.admit(approval(place.deployment, legs[0]!, "chris"));
    await place.admit(approval(place.deployment, legs[0]!, "carla", { expiresAt: place.now + 1 }));
    place.now += 2;
    expect(await decisionOf(legs[0])).toMatchObject({ verdict: "pending", code: "policy.quorum-missing" });
    expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.quorum-missing");
  });

  test("two batches with one request do not mix", async () => {
    await reopen(batchPolicy(), [300, 300, 400]);
    await say("carla");
    await say("chris", { of: legs.slice(0, 2) });
    expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.quorum-missing");
    expect(await say("cyril", { of: legs.slice(0, 2) })).toBe("admitted");
    expect((await decisionOf(legs[0])).batch).toMatchObject({ count: 2, total: "600 GLD" });
    expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
    expect(codeOf(await place.sign(requestIdOf(legs[2]!)))).toBe("policy.quorum-missing");
  });

  test("nobody brings one request in more batches than people look at", async () => {
    await reopen(
      batchPolicy(),
      Array.from({ length: 6 }, () => 10),
    );
    for (let upTo = 2; upTo <= 4; upTo += 1) expect(await say("carla", { of: legs.slice(0, upTo) })).toBe("admitted");
    expect(await say("carla", { of: legs.slice(0, 5) })).toBe("approval.too-many");
    expect(await say("chris", { of: legs.slice(0, 5) })).toBe("admitted");
    expect(await say("carla", { of: legs.slice(0, 5), bare: true })).toBe("admitted");
  });

  test("a word that has expired, or lives too long, is none", async () => {
    expect(await say("carla", { overrides: { expiresAt: place.now } })).toBe("approval.expired");
    expect(await say("carla", { overrides: { expiresAt: place.now + 90 * 86_400 } })).toBe("approval.lifetime");
    for (const by of ["carla", "chris"] as const) await say(by);
    await say("cora", { overrides: { expiresAt: place.now + 60 } });
    place.now += 60;
    expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.quorum-missing");
  });

  test("a word under another policy or roster is none", async () => {
    expect(await say("carla", { overrides: { policyHash: idOf("policy") } })).toBe("approval.policyHash");
    expect(await say("carla", { overrides: { rosterHash: idOf("roster") } })).toBe("approval.rosterHash");
  });
});

describe("what costs little is looked at first", () => {
  const unknown = (): readonly Envelope[] => {
    const stray = submission(place.deployment, { now: place.now, intent: { reference: "LEG-9" } });
    return [...legs, stray];
  };

  test.each<[string, PersonId, () => Record<string, unknown>, string]>([
    ["that is over", "carla", () => ({ expiresAt: place.now }), "approval.expired"],
    ["that lives too long", "carla", () => ({ expiresAt: place.now + 90 * 86_400 }), "approval.lifetime"],
    ["of somebody without a seat", "ida", () => ({}), "approval.no-seat"],
    ["with a batchId that was used", "carla", () => ({ batchId: idOf("used") }), "approval.id-used"],
    ["of another number than is brought", "carla", () => ({ count: 9 }), "batch.count"],
  ])("a word %s is refused before any request is looked for", async (_, by, overrides, code) => {
    await say("carla", { overrides: { batchId: idOf("used") } });
    expect(await say("carla", { of: unknown() })).toBe("batch.unknown-request");
    expect(await say(by, { of: unknown(), overrides: overrides() })).toBe(code);
  });

  test("and each batch that stands with these requests is looked at once", async () => {
    await reopen(
      batchPolicy(),
      Array.from({ length: 6 }, () => 10),
    );
    for (const upTo of [2, 3, 4]) await say("carla", { of: legs.slice(0, upTo) });
    const { statementsAbout } = place.journal;
    const looked: string[] = [];
    const counting: typeof statementsAbout = (kind, about) => {
      if (kind === "BatchApproval") looked.push(about);
      return statementsAbout(kind, about);
    };
    Object.assign(place.journal, { statementsAbout: counting });
    expect(await say("chris")).toBe("admitted");
    expect(looked.length).toBeGreaterThan(3);
    expect(looked.length).toBe(new Set(looked).size);
  });
});

describe("what comes into force later", () => {
  /** Officers agree to it, its wait passes, and observers speak again. */
  async function change(kind: "PolicyChange" | "RosterChange", document: Json, previous: Bytes32): Promise<void> {
    const message = { documentHash: hash(document), version: 2, previous, reportHash: idOf("report") };
    const said = { ...message, class: kind === "RosterChange" ? "tighten" : "loosen" };
    for (const by of ["otto", "olga"] as const) {
      const envelope = sign(by, place.deployment.deploymentId, kind, said);
      await place.admit(envelope, { document, possessions: [] });
    }
    place.now += 61;
    const seen = { blockNumber: 20, blockTime: place.now - 2 };
    for (const one of sightings(place.deployment, seen, {})) await place.admit(one);
  }

  test("a new policy voids the words about a batch, as those about a request", async () => {
    const officers = { group: "officers", min: 2 };
    const soon = { change: { tighten: { quorum: officers }, loosen: { quorum: officers, delay: "1m" } } };
    await reopen(batchPolicy(undefined, soon));
    for (const by of ["carla", "chris", "cora"] as const) await say(by);
    const { policyHash } = place.deployment;
    const limits = [{ ...place.deployment.policy.limits![0]!, max: "6000 GLD" }];
    const next = batchPolicy(
      { max: 10, total: "3000 GLD" },
      { version: 2, previous: documentName(policyHash), limits, ...soon },
    );
    await change("PolicyChange", toWire(next), policyHash);
    place.now += 5;
    expect(await decisionOf(legs[0])).toMatchObject({
      verdict: "pending",
      seats: [{ person: null }, { person: null }],
    });
    expect(await say("carla", { bare: true, overrides: { batchId: idOf("again") } })).toBe("approval.policyHash");
  });

  test("a new roster voids the word of whoever it removed, and nobody else's", async () => {
    for (const by of ["carla", "chris", "cora"] as const) await say(by);
    const { rosterHash, file } = place.deployment;
    const { roster } = (file as { genesis: { roster: { people: { id: string }[] } } }).genesis;
    const people = roster.people.filter(({ id }) => id !== "carla");
    await change(
      "RosterChange",
      toWire({ ...roster, version: 2, previous: documentName(rosterHash), people }),
      rosterHash,
    );
    const decision = await decisionOf(legs[0]);
    expect(decision).toMatchObject({ verdict: "pending", batch: { count: 3 } });
    expect(decision.seats.map(({ person }) => person)).toEqual(["chris", null, "cora"]);
    expect(await say("cyril", { bare: true })).toBe("admitted");
    expect((await decisionOf(legs[0])).seats.map(({ person }) => person)).toEqual(["chris", "cyril", "cora"]);
  });
});

test("a rejection is sticky for every request of the batch, and is not made twice", async () => {
  for (const by of ["carla", "chris", "cora"] as const) await say(by);
  expect((await decisionOf(legs[0])).verdict).toBe("allowed");
  expect(await say("cyril", { overrides: { decision: "reject" }, bare: true })).toBe("admitted");
  expect(await say("cyril", { overrides: { decision: "reject", batchId: idOf("r") }, bare: true })).toBe(
    "approval.rejected-before",
  );
  for (const requestId of idsOf(legs)) {
    const answer = await place.sign(requestId);
    expect(answer).toMatchObject({
      code: "gate.rejected",
      why: "cyril rejected it: with all of a batch of 3, 1,200 GLD",
    });
  }
  // What is not in it goes on.
  expect(place.backend.asked()).toBe(0);
});

test("the wait of a batch begins with its list, not with the requests in it", async () => {
  const policy = batchPolicy();
  const delayed = { group: "custodians", min: 2 };
  const tiers = [{ upTo: "5000 GLD", quorum: delayed, delay: "30m", sign: "hsm-mint" }];
  const rules = policy.rules.map((rule) =>
    rule.id === "mint" ? { ...rule, tiers, batch: { max: 10, total: "3000 GLD" } } : rule,
  );
  await reopen(batchPolicy(null, { rules }));
  place.now += 1_790;
  const seen = place.now;
  await say("carla");
  place.now += 20;
  await say("chris");
  expect(await decisionOf(legs[0])).toMatchObject({
    verdict: "pending",
    code: "policy.delay",
    notBefore: seen + 1_800,
  });
  expect(codeOf(await place.sign(requestIdOf(legs[0]!)))).toBe("policy.delay");
});

test("an allocation writes down the batch that was counted, the last word of each credential in it, and no other", async () => {
  await reopen(batchPolicy(), [300, 300, 400]);
  await say("cyril", { of: legs.slice(0, 2) });
  await say("carla");
  await say("carla", { overrides: { batchId: idOf("again") } });
  await say("carla", { overrides: { batchId: idOf("short"), expiresAt: place.now + 1 } });
  place.now += 1;
  await say("chris");
  expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
  const written = entries().flatMap((entry) => (entry.kind === "allocation" ? (entry.facts.batches ?? []) : []));
  expect(
    written.map(({ count, votes }) => [count, votes.map(({ person, approvalId }) => [person, approvalId])]),
  ).toEqual([
    [
      3,
      [
        ["carla", idOf("again")],
        ["chris", expect.any(String)],
      ],
    ],
  ]);
  // Agreed to by itself: nothing of any batch.
  await reopen(batchPolicy(), [300, 300, 400]);
  await say("cyril", { of: legs.slice(0, 2) });
  for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, legs[0]!, by));
  expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
  expect(entries().flatMap((entry) => (entry.kind === "allocation" ? [entry.facts.batches] : []))).toEqual([undefined]);
});

test("an order of seats is that in which the words about the batch were stored", async () => {
  const ordered = {
    upTo: "5000 GLD",
    quorum: {
      ordered: [
        { group: "compliance", min: 1 },
        { group: "custodians", min: 2 },
      ],
    },
    sign: "hsm-mint",
  };
  const policy = batchPolicy();
  const rules = policy.rules.map((rule) => (rule.id === "mint" ? { ...rule, tiers: [ordered] } : rule));
  await reopen(batchPolicy(null, { rules }));
  await say("carla");
  await say("cora");
  await say("chris");
  expect(await decisionOf(legs[0])).toMatchObject({ verdict: "pending", missing: [{ group: "custodians", count: 1 }] });
  await say("carla", { overrides: { batchId: idOf("later") } });
  expect((await place.sign(requestIdOf(legs[0]!))).kind).toBe("signed");
});

test("the list stands in one leaf, before the first word about it, and no word brings it again", async () => {
  for (const by of ["carla", "chris", "cora"] as const) await say(by);
  const kinds = entries().flatMap((entry) => {
    if (entry.kind === "batch") return [`batch of ${entry.legs.length} by ${entry.by}`];
    if (entry.kind !== "statement" || entry.statement.kind !== "BatchApproval") return [];
    return [`${entry.statement.credential}${entry.attachment === undefined ? "" : " with a list"}`];
  });
  expect(kinds).toEqual(["batch of 3 by carla", "carla-1", "chris-1", "cora-1"]);
});

test("a journal is written again from the log with its batches, leaf by leaf", async () => {
  for (const by of ["carla", "chris", "cora"] as const) await say(by);
  await say("cyril", { of: legs.slice(0, 2), overrides: { decision: "reject" } });
  expect((await place.sign(requestIdOf(legs[2]!))).kind).toBe("signed");
  const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
  const rebuilt = join(tmpdir(), `countersign-batches-${process.pid}.sqlite`);
  const journal = openJournal(rebuilt);
  try {
    const root = rootAt(place.journal.size(), place.journal.node);
    const clock = { now: () => parseInstant(place.now + 60) };
    const parts = { journal, genesisFile: place.deployment.file, clock, checks: nativeChecks() };
    expect(restoreJournal(parts, { leaves, root }).size).toBe(leaves.length);
    for (const requestId of idsOf(legs))
      expect(journal.batchesWith(requestId)).toEqual(place.journal.batchesWith(requestId));
    expect(journal.batchesWith(requestIdOf(legs[0]!))).toHaveLength(2);
    // A list that was changed is not written again.
    const at = leaves.findIndex((leaf) => leaf.includes('"kind":"batch"'));
    expect(at).toBeGreaterThan(0);
  } finally {
    journal.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
  }
});
