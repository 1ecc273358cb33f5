/** Two replicas of the service on one PostgreSQL and one gate: more hands, and never a second mint. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openPostgresStore } from "../../../src/adapters/sql-store/postgres.ts";
import { startServing } from "../../../src/flow/serve/serve.ts";
import { approval, submission } from "../../place/gold.ts";
import { startPostgres, type Postgres } from "../../place/postgres.ts";
import { openServe, requestIdOf, type ServePlace } from "./place.ts";

const count = 6;
let postgres: Postgres;
let place: ServePlace;

beforeAll(async () => {
  postgres = await startPostgres();
  place = await openServe();
});

afterAll(async () => {
  await place.close();
  await postgres.stop();
});

it("two replicas share the work of one lane", async () => {
  const url = postgres.freshUrl();
  const stores = [await openPostgresStore(url), await openPostgresStore(url)];
  const replicas = stores.map((store) => startServing({ ...place.parts, store, checks: nativeChecks(), pollMs: 20 }));
  const { deployment, now } = place.gatePlace;
  const all = Array.from({ length: count }, (_, i) =>
    submission(deployment, { now, intent: { reference: `DEPOSIT-${i}` } }),
  );
  const post = async (i: number, said: (typeof all)[number]): Promise<void> => {
    for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")]) {
      await replicas[i % 2]!.desk.post(one, undefined);
    }
  };
  await Promise.all(all.map((said, i) => post(i, said)));
  // Both are told everything twice.
  await Promise.all(all.map((said, i) => post(i + 1, said)));

  const final = async (): Promise<number> => (await stores[0]!.requests({ state: "final", limit: 100 })).length;
  for (let round = 0; round < 600 && (await final()) < count; round += 1) {
    await place.tick();
    await place.observeOutcomes(replicas[round % 2]!.desk);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await final()).toBe(count);
  for (const replica of replicas) {
    await replica.stop();
    await replica.done;
  }

  const requests = await stores[1]!.requests({ limit: 100 });
  expect(requests.map(({ nonce }) => nonce).sort((a, b) => a! - b!)).toEqual(all.map((_, i) => i));
  expect(new Set(requests.map(({ requestId }) => requestId))).toEqual(new Set(all.map(requestIdOf)));
  expect(place.chain.mints()).toHaveLength(count);
  expect(new Set(place.chain.sent).size).toBe(count);
  expect(place.gatePlace.backend.asked()).toBe(count);
  for (const store of stores) await store.close();
}, 180_000);
