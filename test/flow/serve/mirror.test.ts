/** Serve under a gate whose journal was put back: it says so, asks nothing of it, shows what it has, and goes on by itself. */
import { copyFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { advance } from "../../../src/flow/serve/advance.ts";
import { startServing, type Serving } from "../../../src/flow/serve/serve.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { openPlace, requestIdOf } from "../../place/gate.ts";
import { approval, goldDeployment, submission } from "../../place/gold.ts";
import { openServe, type ServePlace } from "./place.ts";

/** No witness: what a rolled-back gate would sign is kept from it by serve alone. */
const deployment = goldDeployment();
const older = join(tmpdir(), `countersign-older-${process.pid}.sqlite`);
const newest = `${older}.newest`;
let place: ServePlace;

beforeEach(async () => {
  place = await openServe(openPlace(deployment));
});
afterEach(async () => {
  await place.close();
  for (const file of [older, newest]) rmSync(file, { force: true });
});

async function posted(reference: string): Promise<Envelope> {
  const { now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
    await place.desk.post(one, undefined);
  return said;
}

/** The journal of now is kept, and the older one stands in its place. */
async function putBack(): Promise<void> {
  await place.gatePlace.reopen(() => {
    copyFileSync(place.gatePlace.journalFile, newest);
    copyFileSync(older, place.gatePlace.journalFile);
  });
}

async function goRight(): Promise<void> {
  await place.gatePlace.reopen(() => {
    copyFileSync(newest, place.gatePlace.journalFile);
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it never came to hold");
}

it("keeps its worker, is not ready and says why, answers readers, has nothing signed, and goes on when the journal is right again", async () => {
  await place.gatePlace.reopen(() => {
    copyFileSync(place.gatePlace.journalFile, older);
  });
  const first = await posted("DEPOSIT-1");
  await place.settle();
  const waiting = await posted("DEPOSIT-2");
  const serving: Serving = startServing({ ...place.parts, checks: nativeChecks(), pollMs: 10 });
  // What was asked of the right gate is over when the signature is there.
  await until(async () => {
    await place.tick();
    return (await place.request(waiting)).signed !== null;
  });
  const asked = place.gatePlace.backend.asked();
  const shown = await serving.desk.entries(0, 1_000);
  await putBack();
  await until(async () => !(await serving.desk.health()).ready);
  const { why, details } = await serving.desk.health();
  expect(why).toMatch(/^the gate has \d+ leaves where it had \d+: its journal was put back to an earlier state/);
  expect(details).toMatchObject({ log: why });
  expect(await serving.desk.entries(0, 1_000)).toEqual(shown);
  expect(await serving.desk.request(requestIdOf(first))).toMatchObject({ kind: "found", value: { state: "final" } });
  // What people say is handed on all the same: a freeze must hold whatever the gate is.
  const late = await posted("DEPOSIT-3");
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(place.gatePlace.backend.asked()).toBe(asked);
  await goRight();
  await until(async () => (await serving.desk.health()).ready);
  for (let round = 0; round < 20; round += 1) {
    await place.tick();
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await until(async () => ["mined", "final"].includes((await place.request(waiting)).state));
  await serving.stop();
  await serving.done;
  expect(place.chain.mints()).toHaveLength(2);
  expect(await place.store.request(requestIdOf(late))).toBeUndefined();
}, 60_000);

it("stores nothing of another history, however long it has grown, and says that there are two", async () => {
  await place.gatePlace.reopen(() => {
    copyFileSync(place.gatePlace.journalFile, older);
  });
  await posted("DEPOSIT-1");
  const before = await place.store.mirrored();
  await putBack();
  const { now } = place.gatePlace;
  for (const reference of ["A", "B", "C", "D", "E"])
    await place.gatePlace.admit(submission(deployment, { now: now + 1, intent: { reference } }));
  expect((await place.parts.gate.head()).size).toBeGreaterThan(before);
  await expect(place.parts.mirror.pull()).rejects.toMatchObject({ code: "mirror.fork", retry: "safe" });
  expect(await place.store.mirrored()).toBe(before);
  expect(await place.desk.health()).toMatchObject({ ready: false, why: place.parts.mirror.doubt() });
  expect(place.parts.mirror.doubt()).toContain("or there are two gates");
  await goRight();
  await place.parts.mirror.pull();
  expect(place.parts.mirror.doubt()).toBeUndefined();
});

it("tells a request that would be signed why it waits", async () => {
  await place.gatePlace.reopen(() => {
    copyFileSync(place.gatePlace.journalFile, older);
  });
  const said = await posted("DEPOSIT-1");
  await putBack();
  await expect(place.step()).rejects.toMatchObject({ code: "mirror.shrunk" });
  const [due] = await place.store.claim(place.parts.clock.now(), place.parts.clock.now(), 1);
  await advance(place.parts, due!);
  expect(await place.request(said)).toMatchObject({ nonce: null });
  expect((await place.request(said)).waitsFor).toMatch(/the gate has \d+ leaves where it had \d+.*\(mirror\.doubt\)/);
  expect(place.gatePlace.backend.asked()).toBe(0);
});
