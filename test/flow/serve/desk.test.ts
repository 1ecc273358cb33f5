/** What the desk answers, and the worker behind it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { createMirror } from "../../../src/flow/serve/mirror.ts";
import { createPost } from "../../../src/flow/serve/post.ts";
import { withNodes } from "../../../src/flow/serve/tree.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import { problemOf } from "../../../src/http/problem.ts";
import { startServing } from "../../../src/flow/serve/serve.ts";
import {
  appendNodes,
  leafHash,
  verifyConsistency,
  verifyInclusion,
  type InclusionClaim,
} from "../../../src/log/merkle.ts";
import { parse as parseCheckpoint } from "../../../src/log/checkpoint.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { utf8 } from "../../../src/values/digest.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { assetViewSchema } from "../../../src/request/asset.ts";
import { Fault, InvariantViolation } from "../../../src/values/errors.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { sign } from "../../place/people.ts";
import {
  approval,
  attestation,
  goldPolicy,
  goldToken,
  idOf,
  intentOf,
  observation,
  submission,
  units,
} from "../../place/gold.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openServe, requestIdOf, type ServePlace } from "./place.ts";

let place: ServePlace;

beforeEach(async () => {
  place = await openServe();
});

afterEach(async () => {
  await place.close();
});

async function minted(): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    await place.desk.post(one, undefined);
  await place.settle();
  return said;
}

const value = <T>(answer: { kind: "found"; value: T } | { kind: "absent" }): T => {
  if (answer.kind === "absent") throw new Error("absent");
  return answer.value;
};

/** An asset as it goes over the wire, and is read again. */
const shownOf = (answer: Parameters<typeof value>[0]): Json => {
  const wire = toWire(value(answer));
  expect(toWire(assetViewSchema.parse(wire))).toEqual(wire);
  return wire;
};

describe("the desk", () => {
  it("shows a request in words, with its votes and its history", async () => {
    const said = await minted();
    const view = value(await place.desk.request(requestIdOf(said)));
    expect(view).toMatchObject({ state: "final", initiator: "ida", nonce: 0, submission: said.message });
    expect(view.words).toMatch(/^mint 100 GLD to 0x/);
    expect(view.votes).toMatchObject([{ person: "carla", decision: "approve" }, { person: "chris" }]);
    const events = view.events.map(({ event }) => event);
    expect(events[0]).toBe("submitted");
    for (const event of ["signed", "broadcast", "mined", "finalized"]) expect(events).toContain(event);
    expect(await place.desk.requests({ limit: 10, state: "final", initiator: parseName("ida") })).toHaveLength(1);
    expect(await place.desk.request(idOf("nothing"))).toEqual({ kind: "absent" });
    await expect(place.desk.requests({ limit: 10, state: "finall" })).rejects.toMatchObject({ code: "requests.state" });
  });

  it("explains a decision before and after the allocation", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    await place.desk.post(said, undefined);
    expect(value(await place.desk.decision(requestIdOf(said)))).toMatchObject({
      verdict: "pending",
      missing: [{ group: "custodians", count: 2 }],
    });
    const done = await (async () => {
      await place.desk.post(approval(deployment, said, "carla"), undefined);
      await place.desk.post(approval(deployment, said, "chris"), undefined);
      await place.settle();
      return value(await place.desk.decision(requestIdOf(said)));
    })();
    expect(done).toMatchObject({ verdict: "allowed", rule: "mint" });
    expect(done.seats.map(({ person }) => person).sort()).toEqual(["carla", "chris"]);
    expect(await place.desk.decision(idOf("nothing"))).toEqual({ kind: "absent" });
  });

  it("simulates without a write", async () => {
    const { deployment, now } = place.gatePlace;
    const before = (await place.parts.gate.head()).size;
    const intent = toWire(intentOf(deployment, { now }));
    expect(await place.desk.simulate(intent, parseName("ida"))).toMatchObject({
      kind: "decided",
      decision: { verdict: "pending" },
    });
    expect(await place.desk.simulate({ nonsense: 1 }, parseName("ida"))).toMatchObject({ kind: "refused" });
    expect((await place.parts.gate.head()).size).toBe(before);
  });

  it("simulates under a draft as the gate would decide under it, without a write", async () => {
    const { deployment, now } = place.gatePlace;
    const before = (await place.parts.gate.head()).size;
    const intent = toWire(intentOf(deployment, { now }));
    const draft = (fields: object): Json =>
      toWire(goldPolicy({ version: 2, previous: documentName(deployment.policyHash), ...fields }));
    const closed = draft({ guards: [{ id: "closed", when: { operation: "mint" }, deny: true }] });
    const refused = await place.desk.simulate(intent, parseName("ida"), closed);
    expect(refused).toMatchObject({ kind: "decided", decision: { verdict: "refused", policyHash: hash(closed) } });
    expect(await place.desk.simulate(intent, parseName("ida"), draft({}))).toMatchObject({
      decision: { verdict: "pending", policyHash: hash(draft({})) },
    });
    const other = JSON.parse(JSON.stringify(draft({})).replaceAll("GLD", "XAU")) as Json;
    expect(await place.desk.simulate(intent, parseName("ida"), other)).toMatchObject({
      kind: "refused",
      code: "policy.other-asset",
    });
    expect(await place.desk.simulate(intent, parseName("ida"), { rules: [] })).toMatchObject({
      kind: "refused",
      code: "policy.malformed",
    });
    expect((await place.parts.gate.head()).size).toBe(before);
    await place.parts.mirror.pull();
    expect((await place.desk.policies())[0]).toMatchObject({ version: 1 });
  });

  it("reports on a draft from the log, and shows what was judged of the policy in force", async () => {
    await minted();
    const { deployment } = place.gatePlace;
    const limits = [{ ...goldPolicy().limits![0]!, max: "10 GLD" }];
    const draft = toWire(goldPolicy({ version: 2, previous: documentName(deployment.policyHash), limits }));
    const report = await place.desk.report(draft);
    expect(report).toMatchObject({ class: "tighten", rosterHash: deployment.rosterHash, obstacles: [] });
    expect(report.logSize).toBe(await place.parts.store.mirrored());
    expect(report.replay).toMatchObject({ tried: 1, flips: [{ from: "allowed", to: "refused", recorded: true }] });
    expect(await place.desk.report(draft)).toBe(report);
    const [shown] = await place.desk.policies();
    expect(shown).toMatchObject({ analysis: { kind: "errors" }, claims: [], tests: [] });
    expect(shown?.analysis.findings[0]).toMatchObject({ code: "policy.no-wallet", field: "rules.0.tiers.1.quorum" });
    expect(shown?.lines.at(-1)).toBe("everything else is denied");
  });

  it("wants the outcome of a transaction until the log tells it", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
      await place.desk.post(one, undefined);
    expect(await place.desk.observationsWanted()).toEqual([]);
    for (let round = 0; round < 4; round += 1) await place.step();
    const { txHash } = value(await place.desk.request(requestIdOf(said)));
    expect(await place.desk.observationsWanted()).toEqual([
      { chainId: 31_337, subject: `tx:${txHash}`, fact: "outcome" },
    ]);
    for (let round = 0; round < 4; round += 1) await place.tick();
    const receipt = place.chain.final(txHash!)!;
    const fact = { subject: `tx:${txHash}`, fact: "outcome", value: outcomeText({ ...receipt, nonce: 0 }) };
    const seen = { blockNumber: 99, blockTime: place.gatePlace.now, overrides: { finalized: true } };
    for (const by of ["obs-1", "obs-2"] as const)
      await place.desk.post(observation(deployment, by, fact, seen), undefined);
    expect(await place.desk.observationsWanted()).toEqual([]);
  });

  it("hands out a bundle that verifies, from the signature on", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    await place.desk.post(said, undefined);
    expect(await place.desk.bundle(requestIdOf(said))).toEqual({ kind: "absent" });
    for (const by of ["carla", "chris"] as const) await place.desk.post(approval(deployment, said, by), undefined);
    for (let round = 0; round < 3; round += 1) await place.step();
    const early = value(await place.desk.bundle(requestIdOf(said)));
    expect(verifyBundle(early, deployment.deploymentId, nativeChecks())).toMatchObject({ kind: "verified" });
    await place.settle();
    const whole = value(await place.desk.bundle(requestIdOf(said)));
    expect(verifyBundle(whole, deployment.deploymentId, nativeChecks())).toMatchObject({ kind: "verified" });
    expect(await place.desk.bundle(idOf("nothing"))).toEqual({ kind: "absent" });
  });

  it("shows what is attested, observed, on its way and left", async () => {
    await place.parts.mirror.pull();
    const { deployment, now } = place.gatePlace;
    const supply = { subject: `token:${deployment.policy.token.address}`, fact: "supply", value: units(400) };
    await place.desk.post(observation(deployment, "obs-1", supply, { blockNumber: 50, blockTime: now }), undefined);
    expect(shownOf(await place.desk.asset(parseName("GLD")))).toMatchObject({
      asset: "GLD",
      token: goldToken,
      headroom: units(9_600),
      minting: "0",
      attested: [{ attestor: "vault-auditor", reserves: units(10_000) }],
      band: "covered",
      cover: [
        { guard: "reserves-cover", coverage: "25.0000", words: [{ source: "vault-auditor", standing: "current" }] },
      ],
      limits: [{ clause: "limit.mint-day", usedMillionths: 0 }, { clause: "ceiling.day" }],
      lastAudit: { attestor: "vault-auditor" },
      proposal: null,
      frozen: [],
    });
    expect(await place.desk.assets()).toHaveLength(1);
    expect(await place.desk.asset(parseName("SLV"))).toEqual({ kind: "absent" });
    await place.desk.post(attestation(deployment, now, { sequence: 2, reserves: units(300) }), undefined);
    expect(shownOf(await place.desk.asset(parseName("GLD")))).toMatchObject({
      headroom: "0",
      band: "short",
      proposal: { operation: "pause" },
    });
    const redeeming = { operation: "redeem", to: `0x${"00".repeat(20)}`, amount: units(7), reference: "OUT-1" };
    await place.desk.post(submission(deployment, { now, intent: redeeming }), undefined);
    await place.desk.post(submission(deployment, { now }), undefined);
    for (let round = 0; round < 3; round += 1) await place.step();
    expect(shownOf(await place.desk.asset(parseName("GLD")))).toMatchObject({
      pending: [
        { operation: "mint", count: 1, amount: units(100) },
        { operation: "redeem", count: 1, amount: units(7) },
      ],
      redeeming: units(7),
    });
  });

  it("shows an asset while the gate does not answer, and does not call it free of freezes", async () => {
    await place.parts.mirror.pull();
    const health = () => Promise.reject(new Fault("gate.unreachable", "the gate does not answer", "safe"));
    Object.assign(place.parts.gate, { health });
    expect(value(await place.desk.asset(parseName("GLD")))).toMatchObject({ asset: "GLD", limits: null, frozen: null });
  });

  it("knows the documents, the keys and the people", async () => {
    await place.parts.mirror.pull();
    const { deployment } = place.gatePlace;
    expect(await place.desk.policies()).toMatchObject([{ asset: "GLD", version: 1, hash: deployment.policyHash }]);
    expect(await place.desk.roster()).toMatchObject({ version: 1, hash: deployment.rosterHash });
    expect(await place.desk.changes()).toEqual([]);
    expect(await place.desk.change(deployment.policyHash)).toEqual({ kind: "absent" });
    expect(await place.desk.keys()).toMatchObject([{ id: "hsm-mint", account: deployment.key.account, ready: true }]);
    expect(await place.desk.member(parseName("carla-1"))).toEqual({
      kind: "found",
      value: { member: "carla", groups: ["custodians"], service: false },
    });
    expect(await place.desk.member(parseName("obs-1-1"))).toMatchObject({ value: { service: true } });
    expect(await place.desk.member(parseName("nobody"))).toEqual({ kind: "absent" });
    expect(await place.desk.health()).toMatchObject({ ready: true, why: "ready" });
    expect(place.desk.deployment()).toBe(deployment.deploymentId);
  });

  it("verifies a session by the credential it names", async () => {
    await place.parts.mirror.pull();
    const { deploymentId } = place.gatePlace.deployment;
    const session = sign("carla", deploymentId, "Session", {
      origin: "http://localhost",
      challenge: idOf("challenge"),
      expiresAt: place.gatePlace.now + 60,
    });
    expect(await place.desk.verifies(session)).toBe(true);
    expect(await place.desk.verifies({ ...session, credential: parseName("chris-1") })).toBe(false);
    expect(await place.desk.verifies({ ...session, message: { ...session.message, origin: "http://elsewhere" } })).toBe(
      false,
    );
  });

  it("proves every leaf and every growth of the log to a stranger", async () => {
    await minted();
    const { checkpoint } = parseCheckpoint(await place.desk.checkpoint());
    const { size, root } = checkpoint;
    for (const { index, leaf } of await place.store.leaves(0, 500)) {
      const { proof } = value(await place.desk.proofs({ index, size })) as unknown as InclusionClaim;
      expect(verifyInclusion({ index, size, leafHash: leafHash(utf8(leaf)), proof, root })).toBe(true);
    }
    const oldSize = size - 3;
    const { proof } = value(await place.desk.proofs({ from: oldSize, to: size })) as unknown as InclusionClaim;
    expect(proof.length).toBeGreaterThan(0);
    expect(verifyConsistency({ oldSize, newSize: size, oldRoot: root, newRoot: root, proof })).toBe(false);
    expect(await place.desk.proofs({ index: size, size: size + 1 })).toEqual({ kind: "absent" });
    expect(await place.desk.proofs({ from: 5, to: 4 })).toEqual({ kind: "absent" });
    expect(await place.desk.entries(1, 2)).toMatchObject({ size, leaves: [{ index: 1 }, { index: 2 }] });
  });

  it("shows nobody a checkpoint of another log than its mirror", async () => {
    await place.parts.mirror.pull();
    const leaf = { index: await place.store.mirrored(), leaf: "{}", kind: "forged", about: "forged" };
    const nodes = [{ level: 0, index: leaf.index, hash: idOf("forged") }];
    const grown = await withNodes(place.store, (read) => appendNodes(leaf.index, nodes[0]!.hash, read));
    await place.store.commit({
      transitions: [],
      page: { from: leaf.index, leaves: [leaf], nodes: grown, statements: [], documents: [], outcomes: [] },
    });
    await place.gatePlace.admit(submission(place.gatePlace.deployment, { now: place.gatePlace.now }));
    await expect(place.desk.checkpoint()).rejects.toMatchObject({ code: "mirror.fork", retry: "never" });
  });

  it("delivers a receipt even when its own store fails right after", async () => {
    const failing = { ...place.store, commit: () => Promise.reject(new Fault("store.unavailable", "no disk", "safe")) };
    const parts = { ...place.parts, store: failing };
    const post = createPost({ ...parts, mirror: createMirror(parts), wake: () => undefined });
    const said = submission(place.gatePlace.deployment, { now: place.gatePlace.now });
    expect(await post(said, undefined)).toMatchObject({ kind: "receipt" });
    await place.step();
    expect(await place.request(said)).toMatchObject({ requestId: requestIdOf(said) });
  });

  it.each(["journal.disk-full", "journal.io", "gate.broken"])(
    "calls no statement refused when the gate has trouble of its own: %s",
    async (code) => {
      const { gate } = place.parts;
      const ill = { kind: "problem", code, message: "the disk of the journal is full", field: "" } as const;
      const parts = { ...place.parts, gate: { ...gate, admit: () => Promise.resolve(ill) } };
      const said = submission(place.gatePlace.deployment, { now: place.gatePlace.now });
      const failed = await createPost({ ...parts, wake: () => undefined })(said, undefined).catch(
        (error: unknown) => error,
      );
      expect(failed).toMatchObject({ code, retry: "safe" });
      expect(problemOf(failed)).toMatchObject({ code, status: 503 });
      expect(await place.desk.post(said, undefined)).toMatchObject({ kind: "receipt" });
    },
  );
});

describe("the worker", () => {
  it("takes a request to its end by itself, and tells who watches", async () => {
    const parts = { ...place.parts, checks: nativeChecks(), pollMs: 20 };
    const serving = startServing(parts);
    const heard: string[] = [];
    const stop = serving.desk.watch((event) => heard.push(event.state));
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
      await serving.desk.post(one, undefined);
    for (let round = 0; round < 400 && (await place.request(said)).state !== "final"; round += 1) {
      await place.tick();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await place.request(said)).toMatchObject({ state: "final" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop();
    await serving.stop();
    await serving.done;
    expect(heard).toContain("signed");
    expect(heard.at(-1)).toBe("final");
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("goes on when the gate does not answer for a while", async () => {
    let silent = true;
    const unreachable = (): never => {
      throw new Fault("gate.unreachable", "the gate does not answer", "safe");
    };
    const gate = {
      ...place.parts.gate,
      entries: async (from: number, limit: number) => (silent ? unreachable() : place.parts.gate.entries(from, limit)),
    };
    const parts = { ...place.parts, gate, mirror: createMirror({ ...place.parts, gate }) };
    const serving = startServing({
      ...parts,
      checks: nativeChecks(),
      pollMs: 10,
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    silent = false;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await place.store.mirrored()).toBeGreaterThan(0);
    await serving.stop();
    await serving.done;
  });

  it("ends with the bug it met", async () => {
    place.fault = () => {
      throw new InvariantViolation("a bug");
    };
    const serving = startServing({
      ...place.parts,
      checks: nativeChecks(),
      pollMs: 10,
    });
    await expect(serving.done).rejects.toThrow("a bug");
    await serving.stop();
  });
});
