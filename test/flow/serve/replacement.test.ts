/** A transaction that is stuck because gas became dear: dearer ones follow on the same nonce, under the ceiling, and whichever is mined is the request's. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import { signedOn } from "../../../src/request/request.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { busy, moodyBackend, openPlace, type Moody } from "../../place/gate.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { Crash, openServe, requestIdOf, type ServePlace } from "./place.ts";

const deployment = goldDeployment();
const gwei = 1_000_000_000n;
let place: ServePlace;
let token: Moody;

beforeEach(async () => {
  token = moodyBackend();
  place = await openServe(openPlace(deployment, token), { replaceAfterSeconds: 20 });
});
afterEach(async () => {
  await place.close();
});

/** A mint that is in the pool, and costs too little by now. */
async function stuck(reference = "receipt-1", feeCeilingWei?: bigint): Promise<Envelope> {
  const { now } = place.gatePlace;
  const ceiling = feeCeilingWei === undefined ? {} : { feeCeilingWei: String(feeCeilingWei) };
  const said = submission(deployment, { now, intent: { reference, ...ceiling } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    expect(await place.desk.post(one, undefined)).toMatchObject({ kind: "receipt" });
  for (let round = 0; round < 20 && (await place.request(said)).state !== "broadcast"; round += 1) await place.step();
  expect((await place.request(said)).state).toBe("broadcast");
  place.chain.baseFee = 30n * gwei;
  return said;
}

/** Time passes and steps are taken, a crash restarts the process; blocks come, and the observers see them. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    try {
      await place.step();
      await place.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await place.restart();
    }
  }
}

/** Time passes and no block comes, until so many different transactions went out, or a while. */
async function withoutBlocks(count: number): Promise<void> {
  for (let round = 0; round < 40 && sent().length < count; round += 1) {
    place.gatePlace.now += 7;
    await place.step();
  }
}

const sent = (): ReturnType<typeof parseTransaction>[] => [...new Set(place.chain.sent)].map(parseTransaction);

describe("a transaction in no block", () => {
  it("is replaced after the configured time by a dearer one of the same nonce and call, which is mined", async () => {
    const said = await stuck();
    await pass(15);
    expect(sent()).toHaveLength(1);
    await pass(20);
    await place.settle();
    const [first, second, ...more] = sent();
    expect(more).toEqual([]);
    const { maxFeePerGas, maxPriorityFeePerGas, ...call } = first!.transaction;
    expect(second!.transaction).toMatchObject(call);
    expect(second!.transaction.maxFeePerGas * 8n).toBeGreaterThanOrEqual(maxFeePerGas * 9n);
    expect(second!.transaction.maxPriorityFeePerGas * 8n).toBeGreaterThanOrEqual(maxPriorityFeePerGas * 9n);
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0, mined: { txHash: second!.hash } });
    expect(place.chain.mints()).toHaveLength(1);
    const bundle = await place.desk.bundle(requestIdOf(said));
    if (bundle.kind !== "found") throw new Error(bundle.kind);
    const verdict = verifyBundle(bundle.value, deployment.deploymentId, nativeChecks());
    expect(verdict).toMatchObject({ kind: "verified", report: { outcome: { txHash: second!.hash } } });
    expect(verdict.kind === "verified" && verdict.report.transactions).toHaveLength(2);
    expect(await place.desk.observationsWanted()).toEqual([]);
  });

  it("behind another of its account is not replaced before that one is in a block", async () => {
    const first = await stuck("receipt-1");
    place.chain.baseFee = gwei;
    const second = await stuck("receipt-2");
    await withoutBlocks(5);
    const bids = sent().map(({ transaction }) => transaction.nonce);
    expect(bids.filter((nonce) => nonce === 0).length).toBeGreaterThan(1);
    expect(bids.filter((nonce) => nonce === 1)).toHaveLength(1);
    expect((await place.request(second)).waitsFor).toBe(
      "waits for a block; a dearer one helps nothing while nonce 0 is in no block",
    );
    await place.settle();
    for (const said of [first, second]) expect(await place.request(said)).toMatchObject({ state: "final" });
    expect(place.chain.mints()).toHaveLength(2);
  });

  it("may be the one that is mined after all, and the request is final by it", async () => {
    const said = await stuck();
    await withoutBlocks(2);
    expect(sent()).toHaveLength(2);
    // The endpoint forgot the dearer one; somebody else's pool still had the first.
    place.chain.forgetPool();
    place.chain.baseFee = gwei;
    await place.chain.endpoint.broadcast(signedOn(await place.request(said)).at(-1)!.raw);
    place.chain.mine();
    await place.settle();
    const [first] = sent();
    expect(await place.request(said)).toMatchObject({ state: "final", mined: { txHash: first!.hash } });
    expect(await place.desk.request(requestIdOf(said))).toMatchObject({ value: { txHash: first!.hash } });
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("is never replaced above the ceiling, and says what a dearer one would cost", async () => {
    const said = await stuck("receipt-1", 150_000n * 4n * gwei);
    await pass(60);
    expect(sent()).toHaveLength(1);
    const seen = await place.request(said);
    expect(seen).toMatchObject({ state: "broadcast" });
    expect(seen.waitsFor).toMatch(/^waits for a block; a dearer one costs .* above the ceiling of 0.0006 ETH$/);
    place.chain.baseFee = gwei;
    await place.settle();
    expect((await place.request(said)).state).toBe("final");
  });

  it("is replaced again and again, at most ten signatures in all", async () => {
    const said = await stuck();
    await withoutBlocks(11);
    expect(sent()).toHaveLength(10);
    const { earlier, waitsFor } = await place.request(said);
    expect(earlier).toHaveLength(9);
    expect(waitsFor).toBe(
      "waits for a block; no dearer one: this nonce has ten signatures already (gate.too-many-replacements)",
    );
    const nonces = new Set(sent().map(({ transaction }) => transaction.nonce));
    expect([...nonces]).toEqual([0]);
    place.chain.baseFee = gwei;
    await place.settle();
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("is replaced once, whatever crashes on the way", async () => {
    const said = await stuck();
    const left = new Set([
      "serve:before-replace",
      "serve:after-replace",
      "serve:before-store-event",
      "serve:after-store-event",
    ]);
    await pass(19);
    place.fault = (at) => {
      if (left.delete(at)) throw new Crash(at);
    };
    await pass(25);
    place.fault = () => undefined;
    expect([...left]).toEqual([]);
    await place.settle();
    expect(sent()).toHaveLength(2);
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("is found by a store that was lost, with all its transactions", async () => {
    const said = await stuck();
    await pass(25);
    const before = signedOn(await place.request(said)).map(({ txHash }) => txHash);
    expect(before).toHaveLength(2);
    await place.restart({ forget: true });
    await place.step();
    expect(signedOn(await place.request(said)).map(({ txHash }) => txHash)).toEqual(before);
    await place.settle();
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("and undone by a reorganisation is looked for under every hash", async () => {
    const said = await stuck();
    await pass(25);
    place.chain.mine();
    await place.step();
    place.chain.reorganise(1, true);
    await pass(10);
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(place.chain.mints()).toHaveLength(1);
  });
});

describe("a filler in no block", () => {
  it("is replaced by a dearer one, and the nonce is closed by it", async () => {
    const { now } = place.gatePlace;
    token.mood = busy;
    const said = submission(deployment, { now, intent: { reference: "receipt-1" } });
    for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
      await place.desk.post(one, undefined);
    await pass(4);
    token.mood = undefined;
    await place.desk.post(approval(deployment, said, "carla", { decision: "reject", reason: "no" }), undefined);
    for (let round = 0; round < 20 && (await place.request(said)).closing?.sent !== true; round += 1)
      await place.step();
    place.chain.baseFee = 30n * gwei;
    await pass(30);
    await place.settle();
    await pass(5);
    await place.settle();
    expect(sent().map(({ transaction }) => [transaction.nonce, transaction.data])).toEqual([
      [0, "0x"],
      [0, "0x"],
    ]);
    expect(await place.request(said)).toMatchObject({ state: "rejected", closing: { closed: true } });
  });
});

describe("a transaction that is in no block when its request expires", () => {
  it("is no more replaced, is an alarm for its readers and in the figures, and is still the request's when it is mined", async () => {
    const said = await stuck();
    expect(await place.desk.alarms()).toEqual([]);
    place.gatePlace.now += 3_600;
    await pass(5);
    expect(sent()).toHaveLength(1);
    const seen = await place.request(said);
    expect(seen.waitsFor).toMatch(/^waits for a block; no dearer one: it expired at .* \(gate.expired\)$/);
    const alarms = await place.desk.alarms();
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ requestId: requestIdOf(said), state: "broadcast" });
    expect(alarms[0]!.why).toContain("it counts until nonce 0 of");
    expect(await place.desk.request(requestIdOf(said))).toMatchObject({ value: { alarm: alarms[0]!.why } });
    place.chain.baseFee = gwei;
    await place.settle();
    expect((await place.request(said)).state).toBe("final");
    expect(await place.desk.alarms()).toEqual([]);
  });
});
