/** Serve stopped at every fault point, and its store thrown away: the end is always the same. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveFaultPoints, type ServeFaultPoint } from "../../../src/flow/serve/fault-points.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { approval, submission } from "../../place/gold.ts";
import { Crash, openServe, type ServePlace } from "./place.ts";

let place: ServePlace;

beforeEach(async () => {
  place = await openServe();
});

afterEach(async () => {
  await place.close();
});

/** Runs until it is done; a crash restarts the process, and whoever was talking to it tries again. */
async function surviving(work: () => Promise<void>): Promise<number> {
  for (let crashes = 0; crashes < 50; crashes += 1) {
    try {
      await work();
      return crashes;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await place.restart();
    }
  }
  throw new Error("it never ends");
}

/** Throws at the nth passing of a point, once. */
function arm(point: ServeFaultPoint, nth: number): { readonly fired: () => boolean } {
  let passed = 0;
  place.fault = (at) => {
    if (at !== point) return;
    passed += 1;
    if (passed === nth) throw new Crash(at);
  };
  return { fired: () => passed >= nth };
}

async function mintToTheEnd(): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now });
  const all = [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")];
  for (const one of all)
    await surviving(async () => {
      await place.desk.post(one, undefined);
    });
  await surviving(() => place.settle());
  return said;
}

async function expectOneMint(said: Envelope): Promise<void> {
  const done = await place.request(said);
  expect(done).toMatchObject({ state: "final", nonce: 0 });
  expect(place.chain.mints()).toEqual([{ to: said.message["to"], amount: BigInt(String(said.message["amount"])) }]);
  expect([...new Set(place.chain.sent)]).toEqual([done.signed!.raw]);
  expect(await place.store.requests({ limit: 9 })).toHaveLength(1);
}

describe("a crash", () => {
  it.each(serveFaultPoints)("at %s leaves one mint", async (point) => {
    const armed = arm(point, 1);
    const said = await mintToTheEnd();
    expect(armed.fired()).toBe(true);
    await expectOneMint(said);
  });

  it.each([
    "serve:before-gate-admit",
    "serve:after-gate-admit",
    "serve:before-store-mirror",
    "serve:after-store-mirror",
    "serve:before-store-event",
    "serve:after-store-event",
  ] as const)("at the third %s leaves one mint", async (point) => {
    const armed = arm(point, 3);
    const said = await mintToTheEnd();
    expect(armed.fired()).toBe(true);
    await expectOneMint(said);
  });

  it("at every point in turn leaves one mint", async () => {
    // Once the gate has signed, the first crash brings the bytes back by the log, and they are stored with its page.
    const left = new Set<string>(serveFaultPoints.filter((point) => !point.endsWith("-raw")));
    place.fault = (at) => {
      if (left.delete(at)) throw new Crash(at);
    };
    await expectOneMint(await mintToTheEnd());
    expect([...left]).toEqual([]);
  });

  it("between the gate's signature and our store loses no bytes", async () => {
    arm("serve:before-store-raw", 1);
    const said = await mintToTheEnd();
    await expectOneMint(said);
    expect(place.gatePlace.backend.asked()).toBe(1);
  });
});

describe("the store", () => {
  it.each(["submitted", "pending", "signed", "broadcast", "mined", "final"] as const)(
    "is rebuilt from the gate and the chain when it is lost at %s",
    async (state) => {
      const { deployment, now } = place.gatePlace;
      const said = submission(deployment, { now });
      await place.desk.post(said, undefined);
      if (state === "pending") await place.step();
      if (state !== "submitted" && state !== "pending") {
        await place.desk.post(approval(deployment, said, "carla"), undefined);
        await place.desk.post(approval(deployment, said, "chris"), undefined);
        for (let round = 0; round < 60 && (await place.request(said)).state !== state; round += 1) {
          await place.step();
          if ((await place.request(said)).state !== state) await place.tick();
        }
        expect((await place.request(said)).state).toBe(state);
      }
      await place.restart({ forget: true });
      expect(await place.store.mirrored()).toBe(0);
      await place.step();
      for (const by of ["carla", "chris"] as const) await place.desk.post(approval(deployment, said, by), undefined);
      await place.settle();
      await expectOneMint(said);
      const { votes, words } = await place.desk
        .request(said.message["requestId"] as never)
        .then((found) => (found.kind === "found" ? found.value : { votes: [], words: "" }));
      expect(votes.map(({ person }) => person).sort()).toEqual(["carla", "chris"]);
      expect(words).toContain("mint 100 GLD");
    },
  );

  it("holds the gate's log, leaf by leaf, under the gate's own checkpoint", async () => {
    await mintToTheEnd();
    const given = await place.parts.gate.entries(0, 500);
    expect((await place.store.leaves(0, 500)).map(({ index, leaf }) => ({ index, leaf }))).toEqual(given.leaves);
    await place.restart({ forget: true });
    expect(await place.desk.checkpoint()).toContain("countersign/");
    expect((await place.store.leaves(0, 500)).map(({ leaf }) => leaf)).toEqual(given.leaves.map(({ leaf }) => leaf));
  });
});
