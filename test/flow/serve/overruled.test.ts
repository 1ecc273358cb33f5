/** A request that its quorum cancels after its transaction went out: a filler that does nothing goes out beside it, and whichever is mined counts. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import { signedOn } from "../../../src/request/request.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { openPlace, softBackend } from "../../place/gate.ts";
import { Fault } from "../../../src/values/errors.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { sign as signAs, type PersonId } from "../../place/people.ts";
import { Crash, openServe, requestIdOf, type ServePlace } from "./place.ts";

const deployment = goldDeployment();
const gwei = 1_000_000_000n;
let place: ServePlace;

beforeEach(async () => {
  place = await openServe(openPlace(deployment, softBackend()), { replaceAfterSeconds: 20 });
});
afterEach(async () => {
  await place.close();
});

async function approved(reference: string): Promise<Envelope> {
  const { now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    expect(await place.desk.post(one, undefined)).toMatchObject({ kind: "receipt" });
  return said;
}

/** In the pool, and in no block while gas is dear. */
async function sent(reference = "receipt-1"): Promise<Envelope> {
  const said = await approved(reference);
  for (let round = 0; round < 20 && (await place.request(said)).state !== "broadcast"; round += 1) await place.step();
  expect((await place.request(said)).state).toBe("broadcast");
  return said;
}

async function cancel(said: Envelope, ...people: readonly PersonId[]): Promise<void> {
  const { requestId, intentHash } = said.message;
  for (const by of people)
    expect(
      await place.desk.post(
        signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "wrong receipt" }),
        undefined,
      ),
    ).toMatchObject({ kind: "receipt" });
}

/** Time passes without a block. */
async function wait(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    place.gatePlace.now += 2;
    await place.step();
  }
}

/** Until it ended; a crash restarts the process. */
async function ended(said: Envelope): Promise<void> {
  for (let round = 0; round < 80; round += 1) {
    try {
      const { state } = await place.request(said);
      if (state === "cancelled" || state === "final") return;
      await place.settle();
      await place.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await place.restart();
    }
  }
  throw new Error(JSON.stringify(await place.request(said)));
}

const fillers = (): ReturnType<typeof parseTransaction>[] =>
  [...new Set(place.chain.sent)].map(parseTransaction).filter(({ transaction }) => transaction.data === "0x");

describe("a transaction that its quorum cancels", () => {
  it("is overruled by a filler, ends as cancelled when that is final, and the lane goes on", async () => {
    const said = await sent();
    await cancel(said, "carla");
    await wait(5);
    expect(fillers()).toEqual([]);
    await cancel(said, "chris");
    await wait(5);
    expect(fillers()).toHaveLength(1);
    expect((await place.request(said)).state).toBe("broadcast");
    const next = await approved("receipt-2");
    await ended(said);
    expect(await place.request(said)).toMatchObject({
      state: "cancelled",
      nonce: 0,
      settled: { txHash: fillers()[0]!.hash },
      waitsFor: "cancelled by its quorum: a transaction that does nothing used its nonce, finally",
    });
    await ended(next);
    expect(await place.request(next)).toMatchObject({ state: "final", nonce: 1 });
    expect(place.chain.mints()).toHaveLength(1);
    expect(await place.desk.observationsWanted()).toEqual([]);
    const bundle = await place.desk.bundle(requestIdOf(said));
    if (bundle.kind !== "found") throw new Error(bundle.kind);
    expect(verifyBundle(bundle.value, deployment.deploymentId, nativeChecks())).toMatchObject({
      kind: "verified",
      report: { outcome: { status: "closed" } },
    });
  });

  it("goes out while one of its quorum contests it and the gate is away", async () => {
    const said = await approved("receipt-1");
    for (let round = 0; round < 20 && (await place.request(said)).state !== "signed"; round += 1) await place.step();
    expect((await place.request(said)).state).toBe("signed");
    await cancel(said, "carla");
    place.fault = (point) => {
      if (point === "serve:before-fill") throw new Fault("gate.unreachable", "the gate does not answer", "safe");
    };
    await place.step();
    expect((await place.request(said)).contested).toBe(true);
    expect(place.chain.sent).toHaveLength(1);
    expect((await place.request(said)).state).toBe("broadcast");
  });

  it("may be mined before its filler, and is final then", async () => {
    const said = await sent();
    await cancel(said, "carla", "chris");
    await wait(5);
    expect(fillers()).toHaveLength(1);
    // Whoever mines never saw the filler.
    place.chain.forgetPool();
    await place.chain.endpoint.broadcast(signedOn(await place.request(said)).at(-1)!.raw);
    place.chain.mine();
    await ended(said);
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("has a dearer filler when the first is stuck", async () => {
    const said = await sent();
    await cancel(said, "carla", "chris");
    await wait(5);
    place.chain.baseFee = 30n * gwei;
    for (let round = 0; round < 40 && fillers().length < 2; round += 1) {
      place.gatePlace.now += 7;
      await place.step();
    }
    expect(fillers()).toHaveLength(2);
    await ended(said);
    expect(await place.request(said)).toMatchObject({ state: "cancelled" });
    expect(place.chain.mints()).toHaveLength(0);
  });

  it("is overruled once, whatever crashes on the way, and when serve's store is lost", async () => {
    const said = await sent();
    await cancel(said, "carla", "chris");
    const left = new Set([
      "serve:before-fill",
      "serve:after-fill",
      "serve:before-store-event",
      "serve:after-store-event",
      "serve:before-broadcast",
    ]);
    place.fault = (at) => {
      if (left.delete(at)) throw new Crash(at);
    };
    await ended(said);
    expect([...left]).toEqual([]);
    expect(await place.request(said)).toMatchObject({ state: "cancelled" });
    expect(fillers()).toHaveLength(1);
    expect(place.chain.mints()).toHaveLength(0);
  });
});
