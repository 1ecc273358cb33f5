/** The second leg of a redemption as serve plays it: asked for once the burn is final, shown, reminded of, and never twice, through reorgs and crashes. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { alarmsOf } from "../../../src/flow/serve/alarms.ts";
import { requestViewSchema, type RequestView } from "../../../src/request/api.ts";
import { instructionWords, readInstruction } from "../../../src/sdk/instruction.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import { toWire } from "../../../src/values/wire.ts";
import { openPlace } from "../../place/gate.ts";
import { approval, goldDeployment, idOf, submission, units } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";
import { delivery, redeemingPolicy, takenBack, vault } from "../../place/redemption.ts";
import { firstWitness, witnessesOf } from "../../place/witness.ts";
import { genesisFileSchema } from "../../../src/genesis/genesis.ts";
import { parseWith } from "../../../src/values/schema.ts";
import { Crash, openServe, requestIdOf, type ServePlace } from "./place.ts";

const deployment = goldDeployment({
  policy: redeemingPolicy(),
  overrides: { witnesses: witnessesOf(1, firstWitness) },
});
const { genesis } = parseWith(genesisFileSchema, deployment.file, "test");
const pins = { logPublicKey: genesis.log.publicKey, deploymentId: deployment.deploymentId, checks: nativeChecks() };

let place: ServePlace;
beforeEach(async () => {
  place = await openServe(openPlace(deployment));
});
afterEach(async () => {
  await place.close();
});

async function say(envelope: Envelope): Promise<string> {
  const posted = await place.desk.post(envelope, undefined);
  return posted.kind === "receipt" ? "receipt" : JSON.stringify(posted);
}

async function redeemed(reference = "RDM-1", amount = units(100)): Promise<Envelope> {
  const intent = { operation: "redeem", to: address.zero, reference, destination: vault, amount };
  const said = submission(deployment, { now: place.gatePlace.now, intent });
  expect(await say(said)).toBe("receipt");
  expect(await say(approval(deployment, said, "carla"))).toBe("receipt");
  return said;
}

async function viewOf(said: Envelope): Promise<RequestView> {
  const found = await place.desk.request(requestIdOf(said));
  if (found.kind !== "found") throw new Error("there is no such request");
  // As it leaves the service.
  return requestViewSchema.parse(JSON.parse(JSON.stringify(found.value)));
}

const legOf = async (said: Envelope): Promise<RequestView["redemption"]> => (await viewOf(said)).redemption;

/** Steps and ticks until the second leg is where it should be; a crash restarts the process. */
async function until(said: Envelope, kind: NonNullable<RequestView["redemption"]>["kind"]): Promise<void> {
  for (let round = 0; round < 120; round += 1) {
    try {
      await place.step();
      const leg = await legOf(said);
      if (leg?.kind === kind && (kind !== "released" || leg.instruction !== null)) return;
      await place.tick();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await place.restart();
    }
  }
  throw new Error(`not ${kind}: ${JSON.stringify(toWire(await viewOf(said)))}`);
}

const leavesOf = async (kind: string): Promise<number> => (await place.store.leavesOf(kind)).length;

describe("a redemption", () => {
  it("is released once its burn is final, and over once somebody says that it was delivered", async () => {
    const said = await redeemed();
    await until(said, "released");
    const { state, redemption, words } = await viewOf(said);
    expect(state).toBe("final");
    expect(words).toContain(`then release what backs it to ${vault}`);
    const instruction = readInstruction(toWire(redemption?.instruction), pins);
    expect(instructionWords(instruction)[0]).toBe(`release what backs 100 GLD to ${vault}`);
    expect(() => readInstruction(toWire({ ...redemption?.instruction, destination: "vault-lon-2" }), pins)).toThrow(
      "did not sign",
    );
    expect(await place.store.owing(9)).toMatchObject([{ state: "final" }]);
    place.gatePlace.now += 60;
    expect(await say(delivery(deployment, instruction))).toBe("receipt");
    await until(said, "delivered");
    expect(await legOf(said)).toMatchObject({
      why: `delivered to ${vault}, says cora`,
      deliveries: [{ member: "cora", reference: "WAYBILL-991" }],
    });
    expect(await place.store.owing(9)).toEqual([]);
    expect(await place.store.nextDue()).toBeUndefined();
    const bundle = await place.desk.bundle(requestIdOf(said));
    if (bundle.kind !== "found") throw new Error("there is no bundle");
    expect(verifyBundle(bundle.value, deployment.deploymentId, nativeChecks())).toMatchObject({
      kind: "verified",
      report: { redemption: { destination: vault, delivered: [{ person: "cora" }] } },
    });
  });

  it("is not released on a burn that blocks undid, until it is final elsewhere", async () => {
    const said = await redeemed();
    for (let round = 0; round < 20 && (await viewOf(said)).state !== "mined"; round += 1) {
      await place.step();
      if ((await viewOf(said)).state !== "mined") {
        place.chain.mine();
        place.gatePlace.now += 1;
      }
    }
    expect((await viewOf(said)).state).toBe("mined");
    const asked = { verb: "sign", requestId: requestIdOf(said), release: true } as const;
    expect(await place.gatePlace.gate.answer(asked)).toMatchObject({ code: "gate.burn-not-final" });
    place.chain.reorganise(1, false);
    place.chain.mine();
    place.gatePlace.now += 5;
    for (let round = 0; round < 8; round += 1) {
      await place.step();
      place.gatePlace.now += 3;
      expect(await place.gatePlace.gate.answer(asked)).toMatchObject({ code: "gate.burn-not-final" });
      expect(await legOf(said)).toBeNull();
    }
    expect(await leavesOf("release")).toBe(0);
    // The same bytes went out again; blocks come, observers see it final.
    await until(said, "released");
    expect(await leavesOf("release")).toBe(1);
    expect(new Set(place.chain.sent).size).toBe(1);
  });

  it("that nobody calls delivered in time is an alarm, and people are reminded", async () => {
    const said = await redeemed();
    await until(said, "released");
    expect(await alarmsOf(place.store, place.parts.clock.now())).toEqual([]);
    place.gatePlace.now += 72 * 3_600 + 1;
    await place.step();
    const [alarm, ...others] = await alarmsOf(place.store, place.parts.clock.now());
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ requestId: requestIdOf(said), state: "final" });
    expect(alarm?.why).toMatch(/^what backed it was released to vault-zrh-7 and is overdue since /);
    expect((await viewOf(said)).alarm).toBe(alarm?.why);
    expect((await legOf(said))?.why).toMatch(/^nobody said that it was delivered, which is overdue since /);
    // Reminded once an hour, not all the time.
    expect(await place.step()).toBe(0);
    const next = await place.store.nextDue();
    expect(next).toBe(place.gatePlace.now + 3_600);
  });

  it("that was taken back after its burn ends there", async () => {
    const said = await redeemed();
    const freezeId = idOf("freeze");
    const stop = { scope: "asset", target: "GLD", reason: "the vault does not answer", freezeId };
    for (let round = 0; round < 60 && (await viewOf(said)).state !== "mined"; round += 1) {
      if ((await place.step()) === 0) await place.tick();
    }
    expect(await say(signAs("otto", deployment.deploymentId, "Freeze", stop))).toBe("receipt");
    await until(said, "owed");
    for (let round = 0; round < 5; round += 1) await place.tick();
    await place.step();
    expect((await legOf(said))?.why).toContain("gate.frozen");
    expect(await say(takenBack(deployment, said))).toBe("receipt");
    await until(said, "reversed");
    expect(await place.store.nextDue()).toBeUndefined();
    expect(await leavesOf("release")).toBe(0);
  });

  it("is the same in a store that is filled again from the log", async () => {
    const said = await redeemed();
    await until(said, "released");
    const before = await legOf(said);
    await place.restart({ forget: true });
    await until(said, "released");
    expect(await legOf(said)).toEqual(before);
    expect(await leavesOf("release")).toBe(1);
    place.gatePlace.now += 60;
    await say(delivery(deployment, readInstruction(toWire(before?.instruction), pins)));
    await until(said, "delivered");
    const delivered = await legOf(said);
    await place.restart({ forget: true });
    await place.step();
    expect({ ...(await legOf(said)), instruction: null }).toEqual({ ...delivered, instruction: null });
  });

  it("is released once though serve dies at every step of it", async () => {
    const said = await redeemed();
    let left = 0;
    const points: string[] = [];
    for (let nth = 0; nth < 12; nth += 1) {
      left = nth;
      place.fault = (point) => {
        if (left > 0) {
          left -= 1;
          return;
        }
        points.push(point);
        place.fault = () => undefined;
        throw new Crash(point);
      };
      try {
        await place.step();
        await place.tick();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        await place.restart();
      }
    }
    place.fault = () => undefined;
    await until(said, "released");
    expect(points.length).toBeGreaterThan(3);
    expect(await leavesOf("release")).toBe(1);
    expect(new Set(place.chain.sent).size).toBe(1);
  });
});
