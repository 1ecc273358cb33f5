/** The worker when its store does not answer for a moment, and when it dies between a permit and its witnesses: somebody goes on, and there is one mint. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { startServing, type Serving } from "../../../src/flow/serve/serve.ts";
import type { Store } from "../../../src/flow/serve/store.port.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { Fault } from "../../../src/values/errors.ts";
import { approval, submission } from "../../place/gold.ts";
import { openServe, type ServePlace } from "./place.ts";

let place: ServePlace;
let replicas: Serving[] = [];

beforeEach(async () => {
  place = await openServe();
  replicas = [];
});
afterEach(async () => {
  for (const replica of replicas) await replica.stop();
  await place.close();
});

type Replica = {
  readonly store?: Partial<Store>;
  readonly at?: (point: string) => Promise<void> | void;
};

/** One more on the same store. */
function replica({ store = {}, at = () => undefined }: Replica = {}): Serving {
  const parts = { ...place.parts, store: { ...place.store, ...store }, faults: { at } };
  const serving = startServing({ ...parts, checks: nativeChecks(), pollMs: 10 });
  replicas.push(serving);
  return serving;
}

async function approved({ desk }: Serving): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    await desk.post(one, undefined);
  return said;
}

/** Seconds pass until it is final, or too many have. */
async function final(said: Envelope): Promise<string> {
  for (let second = 0; second < 60; second += 1) {
    const { state } = await place.request(said);
    if (state === "final") return state;
    await place.tick();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await place.request(said)).state;
}

const gone = new Fault("store.unavailable", "the store does not answer", "safe");

const verbs = ["commit", "claim", "lowestUnsent", "recordAttempt", "recordAnswer", "renew"] as const;

it("goes on when its store does not answer the first time that it is asked each thing", async () => {
  const asked = new Map<string, number>();
  const failing = (verb: (typeof verbs)[number]): unknown => {
    return (...given: readonly never[]) => {
      const times = (asked.get(verb) ?? 0) + 1;
      asked.set(verb, times);
      // What comes of the gate's signature is lost, too.
      const isLost = times === 1 || (verb === "commit" && times === 4);
      return isLost ? Promise.reject(gone) : (place.store[verb] as (...all: readonly never[]) => unknown)(...given);
    };
  };
  // Slow enough that a lease is kept up.
  const at = (point: string): Promise<void> | void =>
    point === "serve:before-gate-sign" ? new Promise((resolve) => setTimeout(resolve, 1_200)) : undefined;
  const serving = replica({ store: Object.fromEntries(verbs.map((verb) => [verb, failing(verb)])), at });
  expect(await final(await approved(serving))).toBe("final");
  expect([...asked.keys()].sort()).toEqual([...verbs].sort());
  expect(place.chain.mints()).toHaveLength(1);
});

it("ends by a bug, and says so to whoever runs it", async () => {
  const serving = replica({ store: { commit: () => Promise.reject(new TypeError("a bug")) } });
  await expect(serving.done).rejects.toThrow("a bug");
});

it("another replica brings the witnesses' word when the one that has the permit dies before it asks them", async () => {
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  const until = Object.entries(place.store).map(([verb, ask]) => [
    verb,
    (...given: readonly never[]) => (isDead ? never : (ask as (...all: readonly never[]) => unknown)(...given)),
  ]);
  const dying = replica({
    store: Object.fromEntries(until) as Store,
    at: (point) => {
      if (point !== "serve:before-cosign") return;
      isDead = true;
      return never;
    },
  });
  replicas = [];
  const said = await approved(dying);
  for (let round = 0; round < 100 && !isDead; round += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isDead).toBe(true);
  expect(place.gatePlace.backend.asked()).toBe(0);
  replica();
  expect(await final(said)).toBe("final");
  expect(place.chain.mints()).toHaveLength(1);
  expect(place.gatePlace.backend.asked()).toBe(1);
});
