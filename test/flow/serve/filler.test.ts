/** A request that ends with its nonce taken: serve has the nonce closed, through crashes, a lost store and a chain that loses things, and the lane goes on. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { busy, moodyBackend, openPlace, unavailable, type Moody } from "../../place/gate.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";
import { Crash, openServe, requestIdOf, type ServePlace } from "./place.ts";

const deployment = goldDeployment();
let place: ServePlace;
let token: Moody;

beforeEach(async () => {
  token = moodyBackend();
  place = await openServe(openPlace(deployment, token));
});
afterEach(async () => {
  await place.close();
});

async function approved(reference: string, life = 3600): Promise<Envelope> {
  const { now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference, expiresAt: now + life } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    expect(await place.desk.post(one, undefined)).toMatchObject({ kind: "receipt" });
  return said;
}

/** Steps until it waits for a token that has no time. */
async function allocated(reference: string, life?: number): Promise<Envelope> {
  token.mood = busy;
  const said = await approved(reference, life);
  for (let round = 0; round < 20 && (await place.request(said)).state !== "signing"; round += 1) {
    await place.step();
    place.gatePlace.now += 1;
  }
  expect((await place.request(said)).state).toBe("signing");
  token.mood = undefined;
  return said;
}

async function reject(said: Envelope): Promise<void> {
  const no = approval(deployment, said, "carla", { decision: "reject", reason: "wrong receipt" });
  expect(await place.desk.post(no, undefined)).toMatchObject({ kind: "receipt" });
}

/** Until the nonce is closed; a crash restarts the process. */
async function closed(said: Envelope): Promise<void> {
  for (let round = 0; round < 80; round += 1) {
    try {
      const request = await place.store.request(requestIdOf(said));
      if (request?.closing?.closed === true) return;
      await place.settle();
      await place.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await place.restart();
    }
  }
  throw new Error(`not closed: ${JSON.stringify((await place.request(said)).closing)}`);
}

const fillers = (): ReturnType<typeof parseTransaction>[] =>
  [...new Set(place.chain.sent)].map(parseTransaction).filter(({ transaction }) => transaction.data === "0x");

describe("a request that ends before a token took it", () => {
  it.each(["rejection", "cancellation", "expiry"] as const)(
    "by %s stays ended, shows its nonce closed by a filler, and the next request goes on",
    async (end) => {
      const said = await allocated("receipt-1", 60);
      if (end === "rejection") await reject(said);
      if (end === "cancellation") {
        const { requestId, intentHash } = said.message;
        const words = { requestId, intentHash, reason: "asked for twice" };
        await place.desk.post(signAs("ida", deployment.deploymentId, "Cancellation", words), undefined);
      }
      if (end === "expiry") place.gatePlace.now += 61;
      await place.tick();
      const next = await approved("receipt-2");
      await closed(said);
      const state = { rejection: "rejected", cancellation: "cancelled", expiry: "expired" }[end];
      const done = await place.request(said);
      expect(done).toMatchObject({ state, nonce: 0, signed: null });
      const shown = await place.desk.request(requestIdOf(said));
      expect(shown).toMatchObject({
        kind: "found",
        value: {
          state,
          closing: { closed: true, why: "closed by a filler: nothing of the request was ever sent" },
        },
      });
      expect(await place.request(next)).toMatchObject({ state: "final", nonce: 1 });
      expect(place.chain.mints()).toHaveLength(1);
      expect(fillers()).toHaveLength(1);
      expect(await place.desk.observationsWanted()).toEqual([]);
    },
  );

  it("is closed once, whatever crashes on the way", async () => {
    const said = await allocated("receipt-1");
    await reject(said);
    const left = new Set([
      "serve:before-gate-sign",
      "serve:after-gate-sign",
      "serve:before-fill",
      "serve:after-fill",
      "serve:before-store-event",
      "serve:after-store-event",
      "serve:after-store-attempt",
      "serve:before-broadcast",
      "serve:after-broadcast",
      "serve:before-store-mirror",
      "serve:after-store-mirror",
    ]);
    place.fault = (at) => {
      if (left.delete(at)) throw new Crash(at);
    };
    await closed(said);
    expect([...left]).toEqual([]);
    expect(fillers()).toHaveLength(1);
    expect(place.chain.nonce()).toBe(1);
  });

  it.each(["asked for", "sent"] as const)("is closed when the store is lost after its filler was %s", async (when) => {
    const said = await allocated("receipt-1");
    await reject(said);
    const isSo = async (): Promise<boolean> => {
      const { closing } = await place.request(said);
      return when === "sent" ? closing?.sent === true : closing?.signed !== null && closing !== null;
    };
    for (let round = 0; round < 20 && !(await isSo()); round += 1) await place.step();
    expect(await isSo()).toBe(true);
    await place.restart({ forget: true });
    await place.step();
    expect(await place.request(said)).toMatchObject({ state: "rejected", nonce: 0 });
    expect((await place.request(said)).waitsFor).toContain("wrong receipt");
    await closed(said);
    expect(fillers()).toHaveLength(1);
  });

  it("is closed when the chain loses the filler twice", async () => {
    const said = await allocated("receipt-1");
    await reject(said);
    place.chain.mischief.push("lose-bytes", "throw-after");
    for (let round = 0; round < 12 && (await place.request(said)).closing?.sent !== true; round += 1) {
      await place.step();
      place.gatePlace.now += 5;
    }
    expect((await place.request(said)).closing?.sent).toBe(true);
    place.chain.forgetPool();
    await closed(said);
    expect(fillers()).toHaveLength(1);
    expect(place.chain.nonce()).toBe(1);
  });

  it("is said to be open, and why, while a signature of it may exist, until its quorum cancels it", async () => {
    token.mood = unavailable;
    const said = await approved("receipt-1");
    for (let round = 0; round < 10 && (await place.request(said)).state !== "signing"; round += 1) await place.step();
    await reject(said);
    token.mood = undefined;
    for (let round = 0; round < 10 && (await place.request(said)).closing === null; round += 1) {
      await place.step();
      place.gatePlace.now += 1;
    }
    const shown = await place.desk.request(requestIdOf(said));
    if (shown.kind !== "found") throw new Error(shown.kind);
    const { state, closing } = shown.value;
    expect(state).toBe("rejected");
    expect(closing?.closed).toBe(false);
    expect(closing?.why).toContain(
      "its nonce is open: a token signed it, was asked to, or may have been before this start",
    );
    expect(fillers()).toEqual([]);
    // Nobody waits behind it until the next one has its nonce; from then on somebody has to look.
    expect(await place.desk.alarms()).toEqual([]);
    const next = await approved("receipt-2");
    for (let round = 0; round < 10 && (await place.request(next)).nonce === null; round += 1) await place.step();
    expect(await place.desk.alarms()).toMatchObject([
      {
        requestId: requestIdOf(said),
        state: "rejected",
        why: expect.stringContaining(
          `its nonce 0 is open, which later requests of ${deployment.key.account} wait for`,
        ) as string,
      },
    ]);
    const { requestId, intentHash } = said.message;
    for (const by of ["carla", "chris"] as const) {
      const words = { requestId, intentHash, reason: "the token lost it" };
      const posted = await place.desk.post(signAs(by, deployment.deploymentId, "Cancellation", words), undefined);
      expect(posted).toMatchObject({ kind: "receipt" });
    }
    await closed(said);
    expect(await place.desk.alarms()).toEqual([]);
    expect(fillers()).toHaveLength(1);
    expect((await place.request(said)).state).toBe("rejected");
  });
});
