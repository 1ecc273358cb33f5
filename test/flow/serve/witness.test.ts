/** Serve between gate and witness: one checkpoint for all who wait, words for whoever is waited for, and nothing lost while a witness is away. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { createCosigner } from "../../../src/flow/serve/cosigner.ts";
import type { WitnessAnswer } from "../../../src/flow/serve/witness.port.ts";
import { originOf, parse as parseCheckpoint } from "../../../src/log/checkpoint.ts";
import { verifyCosignature } from "../../../src/log/cosignature.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { openPlace } from "../../place/gate.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { endpointOf, firstWitness, noteSigner, openWitness, witnessesOf } from "../../place/witness.ts";
import { openServe, type ServePlace } from "./place.ts";

let place: ServePlace;

beforeEach(async () => {
  place = await openServe();
});
afterEach(async () => {
  await place.close();
});

async function posted(reference = "DEPOSIT-42"): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    await place.desk.post(one, undefined);
  return said;
}

/** Seconds pass, with blocks and what is due. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i += 1) {
    await place.step();
    await place.tick();
  }
}

const asked = (): number => place.gatePlace.backend.asked();
const answering = (answer: (size: number) => WitnessAnswer): void => {
  place.reaching.add = ({ checkpoint }) => Promise.resolve(answer(parseCheckpoint(checkpoint).checkpoint.size));
};

describe("a witness that is away", () => {
  it("is waited for by name, before a nonce and after, and is asked again until it is back", async () => {
    place.reaching.away = true;
    const said = await posted();
    await pass(4);
    expect(await place.request(said)).toMatchObject({
      state: "ready",
      waitsFor: `waits for witness ${firstWitness}: it is asleep, since the gate started`,
    });
    place.reaching.away = false;
    await place.parts.cosigner.reach((await place.parts.gate.head()).size, "afresh");
    place.reaching.away = true;
    await pass(12);
    expect(await place.request(said)).toMatchObject({
      state: "signing",
      nonce: 0,
      waitsFor: `has nonce 0, waits for witness ${firstWitness}: it is asleep`,
    });
    expect(asked()).toBe(0);
    place.reaching.away = false;
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(asked()).toBe(1);
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("hides no log: what it cosigned last is shown, and an uncosigned checkpoint never", async () => {
    place.reaching.away = true;
    await expect(place.desk.checkpoint()).rejects.toMatchObject({ code: "witness.away", retry: "safe" });
    place.reaching.away = false;
    place.gatePlace.now += 1;
    const first = await place.desk.checkpoint();
    expect(verifyCosignature(parseCheckpoint(first), place.witness.key, nativeChecks()).kind).toBe("cosigned");
    await posted();
    place.reaching.away = true;
    place.gatePlace.now += 1;
    expect(await place.desk.checkpoint()).toBe(first);
    place.reaching.away = false;
    place.gatePlace.now += 1;
    const newer = parseCheckpoint(await place.desk.checkpoint());
    expect(newer.checkpoint.size).toBe((await place.parts.gate.head()).size);
    expect(verifyCosignature(newer, place.witness.key, nativeChecks()).kind).toBe("cosigned");
  });

  it("may be one of three where two are enough, away or slow", async () => {
    await place.close();
    const names = [firstWitness, "witness.example/w2", "witness.example/w3"] as const;
    const three = goldDeployment({ overrides: { witnesses: witnessesOf(2, ...names) } });
    place = await openServe(openPlace(three));
    const log = noteSigner(originOf(three.deploymentId), "log");
    const other = endpointOf(openWitness(names[1], { log }));
    const third = endpointOf(openWitness(names[2], { log }));
    third.away = true;
    const witnesses = [third, place.reaching, other];
    const cosigner = createCosigner({ ...place.parts, min: 2, witnesses, checks: nativeChecks(), ticks: () => 0 });
    expect((await cosigner.reach(1)).kind).toBe("cosigned");
    // One that never answers is not waited for, and is asked once until it does.
    let asked = 0;
    let wake: (answer: WitnessAnswer) => void = () => undefined;
    third.add = () => {
      asked += 1;
      return new Promise((resolve) => (wake = resolve));
    };
    for (let round = 0; round < 3; round += 1) {
      place.gatePlace.now += 1;
      expect((await cosigner.reach(1, "afresh")).kind).toBe("cosigned");
    }
    expect(asked).toBe(1);
    wake({ kind: "refused", why: "it was asleep" });
    await cosigner.rest();
  });
});

describe("a witness that cannot be believed", () => {
  it.each<readonly [string, string, (size: number) => WitnessAnswer]>([
    [
      "cosigns another checkpoint",
      "it answers with no cosignature of this checkpoint",
      () => ({ kind: "cosigned", lines: parseCheckpoint(place.witness.newest()!).signatures }),
    ],
    [
      "answers with nothing",
      "it answers with no cosignature of this checkpoint",
      () => ({ kind: "cosigned", lines: [] }),
    ],
    ["says that it is elsewhere for ever", "it cosigned", (size) => ({ kind: "elsewhere", size: size + 1 })],
    ["refuses", "it refuses, for it does not like us", () => ({ kind: "refused", why: "it does not like us" })],
  ])("and %s gets nothing signed", async (_, words, answer) => {
    await place.parts.cosigner.reach(1, "afresh");
    place.gatePlace.now += 1;
    const { add } = place.reaching;
    answering(answer);
    const said = await posted();
    await pass(6);
    const { state, waitsFor } = await place.request(said);
    expect(state).toBe("signing");
    expect(waitsFor).toContain(`waits for witness ${firstWitness}: ${words}`);
    expect(asked()).toBe(0);
    place.reaching.add = add;
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final" });
    expect(asked()).toBe(1);
  });

  it("whose key is another's gets nothing signed", async () => {
    const stranger = { ...endpointOf(openWitness("witness.example/w2")), key: place.witness.key };
    const cosigner = createCosigner({
      ...place.parts,
      min: 1,
      witnesses: [stranger],
      checks: nativeChecks(),
      ticks: () => 0,
    });
    expect(await cosigner.reach(1)).toMatchObject({ kind: "waiting" });
  });
});

describe("one checkpoint", () => {
  it("serves all permits that wait, and all who ask meanwhile", async () => {
    let rounds = 0;
    const { add } = place.reaching;
    place.reaching.add = async (request) => {
      rounds += 1;
      return await add(request);
    };
    await place.parts.cosigner.reach(1, "afresh");
    const before = rounds;
    const all = await Promise.all([1, 2, 3, 4, 5].map((i) => posted(`DEPOSIT-${i}`)));
    await place.parts.mirror.pull();
    const { size } = await place.parts.gate.head();
    const reached = await Promise.all(all.map(() => place.parts.cosigner.reach(size)));
    expect(new Set(reached.map(({ kind }) => kind))).toEqual(new Set(["cosigned"]));
    expect(rounds - before).toBe(1);
    await place.settle();
    expect(place.chain.mints()).toHaveLength(5);
  });

  it("that another replica brought is no reason to wait", async () => {
    const other = createCosigner({ ...place.parts, ...place.parts.witnessing, checks: nativeChecks(), ticks: () => 0 });
    await place.parts.cosigner.reach(1);
    await posted();
    const { size } = await place.parts.gate.head();
    expect((await other.reach(size)).kind).toBe("cosigned");
    await posted("DEPOSIT-43");
    const next = (await place.parts.gate.head()).size;
    expect(await place.parts.cosigner.reach(next)).toMatchObject({ kind: "cosigned", size: next });
  });

  it("of a gate whose journal is older than what the witness cosigned stops that gate", async () => {
    const said = await posted();
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final" });
    await place.desk.checkpoint();
    const old = await openServe(openPlace(place.gatePlace.deployment));
    const { deployment, now } = old.gatePlace;
    const again = submission(deployment, { now });
    for (const one of [again, approval(deployment, again, "carla"), approval(deployment, again, "chris")])
      await old.desk.post(one, undefined);
    // It is the same log key and another, shorter journal; its serve is honest and asks the witness of the first.
    old.reaching.add = place.reaching.add;
    old.reaching.newest = place.reaching.newest;
    for (let i = 0; i < 4; i += 1) {
      await old.step();
      await old.tick();
    }
    expect(await old.request(again)).toMatchObject({ state: "ready" });
    const { waitsFor } = await old.request(again);
    expect(waitsFor).toContain("it was put back to an earlier state (gate.stopped)");
    expect(old.gatePlace.backend.asked()).toBe(0);
    await old.close();
  });
});
