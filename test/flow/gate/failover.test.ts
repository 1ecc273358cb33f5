/** A gate over two real tokens that hold the same key: whatever becomes of one, the other signs, and never both. */
import { Transaction } from "ethers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyPlace } from "../../../src/flow/gate/key-places.ts";
import type { SignAnswer } from "../../../src/gate/wire.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, softBackend, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, sightings, units } from "../../place/gold.ts";
import { managedKey } from "../../place/people.ts";
import { makeTwins, type Twin, type Twins } from "../../place/twins.ts";

const key = managedKey("hsm-mint");
const limits = { signTimeoutMs: 1_500, heartbeatMs: 200, missedBeats: 5, startTimeoutMs: 5_000 };

let twins: Twins;
let place: GatePlace;
let block: number;
let count: number;

beforeAll(async () => {
  twins = await makeTwins(key, limits);
});

beforeEach(async () => {
  const places: KeyPlace[] = [];
  for (const twin of [twins.first, twins.second])
    places.push({ name: twin.name, kind: "pkcs11", keys: [key.id], backend: await twin.open() });
  place = openPlace(goldDeployment(), softBackend(), places);
  block = 10;
  count = 0;
  await bringEvidence(place);
});

afterEach(async () => {
  await place.close();
  expect(twins.collisions).toEqual([]);
  twins.calm();
});

afterAll(() => {
  twins.remove();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function request(): Promise<Bytes32> {
  count += 1;
  return requestIdOf(await approvedMint(place, { intent: { amount: units(1), reference: `D-${String(count)}` } }));
}

async function ask(requestId: Bytes32): Promise<SignAnswer> {
  const answer = await place.sign(requestId);
  if (answer.kind !== "signed" && answer.kind !== "signing" && answer.kind !== "refused")
    throw new Error(JSON.stringify(answer));
  return answer;
}

/** Asks as fast as it is answered, so that whatever could be in two places at once would be. */
async function signed(requestId: Bytes32): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const answer = await ask(requestId);
    if (answer.kind === "refused") throw new Error(answer.why);
    if (answer.kind === "signed") {
      expect(Transaction.from(answer.raw).from?.toLowerCase()).toBe(key.account);
      return;
    }
    await pause(tries < 20 ? 0 : 50);
  }
  throw new Error("it was never signed");
}

/** The log's own count of signatures, by digest. */
function signatures(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { bytes } of place.journal.leaves(0, place.journal.size())) {
    const leaf = decodeLeaf(bytes) as { readonly kind: string; readonly digest?: string };
    if (leaf.kind === "signature" && leaf.digest !== undefined)
      found.set(leaf.digest, (found.get(leaf.digest) ?? 0) + 1);
  }
  return found;
}

async function serving(): Promise<Readonly<Record<string, boolean>>> {
  const health = await place.gate.answer({ verb: "health" });
  if (health.kind !== "health") throw new Error("no health");
  return Object.fromEntries(health.backends.map(({ name, serves }) => [name, serves.length > 0]));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error("it did not come about");
}

const isReady = async (twin: Twin): Promise<boolean> => {
  const health = await place.gate.answer({ verb: "health" });
  return health.kind === "health" && health.backends.some(({ name, ready }) => name === twin.name && ready);
};

/** Later than a place rests, with facts as fresh as before. */
async function later(): Promise<void> {
  place.now += 61;
  block += 10;
  for (const envelope of sightings(place.deployment, { blockNumber: block, blockTime: place.now - 2 }))
    await place.admit(envelope);
}

const endings = ["crash", "abort", "hang", "error-50"];
const steps = ["C_SignInit", "C_Sign", "C_Sign:after"];
const cases = endings.flatMap((how) => steps.map((step) => `${how}@${step}`));

describe("while the first signs", () => {
  test.each(cases)("%s: the second signs the same digest, once", async (fault) => {
    const requestId = await request();
    twins.first.tell(fault);
    await signed(requestId);
    expect(twins.first.isArmed()).toBe(false);
    expect(twins.asked).toEqual(["first", "second"]);
    expect([...signatures().values()]).toEqual([1]);
    expect(await serving()).toEqual({ first: false, second: true });
  });
});

describe("while the second signs in the first one's place", () => {
  test.each(["crash@C_Sign:after", "hang@C_SignInit", "error-50@C_Sign"])(
    "%s: the first, healed, signs",
    async (fault) => {
      twins.first.tell("crash@C_Sign");
      await signed(await request());
      await until(() => isReady(twins.first));
      const requestId = await request();
      twins.second.tell(fault);
      await signed(requestId);
      expect(twins.second.isArmed()).toBe(false);
      expect(twins.asked).toEqual(["first", "second", "second", "first"]);
      expect([...signatures().values()]).toEqual([1, 1]);
    },
  );
});

test("the first is asked again once it is well and has rested", async () => {
  expect(await serving()).toEqual({ first: true, second: false });
  twins.first.leave();
  await until(async () => !(await isReady(twins.first)));
  expect(await serving()).toEqual({ first: false, second: true });
  await signed(await request());
  twins.first.comeBack();
  await until(() => isReady(twins.first));
  // It was found by its heartbeat and failed no signing: nothing keeps it from serving.
  expect(await serving()).toEqual({ first: true, second: false });
  twins.first.tell("crash@C_Sign");
  await signed(await request());
  await until(() => isReady(twins.first));
  expect(await serving()).toEqual({ first: false, second: true });
  await later();
  expect(await serving()).toEqual({ first: true, second: false });
  await signed(await request());
  expect(twins.asked).toEqual(["second", "first", "second", "first"]);
});

test("a request says what is lost only when no token can sign, and then names each", async () => {
  const requestId = await request();
  twins.first.tell("error-50@C_Sign");
  expect(await ask(requestId)).toEqual({ kind: "signing", on: key.id, needs: "the token's answer" });
  await signed(requestId);
  for (const twin of [twins.first, twins.second]) twin.leave();
  for (const twin of [twins.first, twins.second]) await until(async () => !(await isReady(twin)));
  const waits = await ask(await request());
  const needs = waits.kind === "signing" ? waits.needs : "";
  expect(needs).toMatch(/^no token that holds the key can sign: first: .+; second: .+/);
  expect(needs).toContain("CKR_DEVICE_REMOVED");
});

test("a request that was asked of none, for all are lost, is in no doubt, and is signed by whichever is back", async () => {
  const requestId = await request();
  for (const twin of [twins.first, twins.second]) twin.leave();
  for (const twin of [twins.first, twins.second]) await until(async () => !(await isReady(twin)));
  expect((await ask(requestId)).kind).toBe("signing");
  expect(twins.asked).toEqual([]);
  expect(place.journal.permits(requestId).map(({ doubt }) => doubt)).toEqual([false]);
  twins.second.comeBack();
  await until(() => isReady(twins.second));
  await signed(requestId);
  expect(twins.asked).toEqual(["second"]);
});

test("what waits in line at a token that goes away is asked of the other at once", async () => {
  // Four sessions hang; six more wait behind them.
  const requests = await Promise.all(Array.from({ length: 10 }, request));
  twins.first.tell("hang@C_SignInit");
  await Promise.all(requests.map(signed));
  const at = (name: string): number => twins.asked.filter((one) => one === name).length;
  expect({ first: at("first"), second: at("second") }).toEqual({ first: 4, second: 10 });
  expect([...signatures().values()]).toEqual(Array.from({ length: 10 }, () => 1));
});

/** Seeded, so that a failure can be run again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

test("tokens fail and heal at random: each digest ends with exactly one signature, and is never at both", async () => {
  const seed = Date.now() % 1_000_000;
  const random = randomOf(seed);
  const faults = [...cases, "error-5@C_Sign", "error-49@C_SignInit", "stuck@C_SignInit", "crash@C_Login"];
  let going = true;
  // It ends by itself, so that a slow machine, whose tokens never come up between two faults, comes to an end too.
  const ends = performance.now() + 10_000;
  const storm = async (): Promise<void> => {
    while (going && performance.now() < ends) {
      const twin = [twins.first, twins.second][random(2)]!;
      if (random(6) === 0) {
        twin.leave();
        await pause(random(400));
        twin.comeBack();
      } else twin.tell(faults[random(faults.length)]!);
      await pause(random(300));
    }
  };
  const weather = storm();
  try {
    for (let round = 0; round < 3; round += 1) {
      const requests = await Promise.all(Array.from({ length: 6 }, request));
      await Promise.all(requests.map(signed));
      await later();
    }
  } finally {
    going = false;
    await weather;
  }
  // Chance may have spared one of them all along.
  for (const twin of [twins.first, twins.second]) {
    twin.leave();
    await signed(await request());
    twin.comeBack();
    await later();
  }
  expect({ seed, signatures: [...signatures().values()] }).toEqual({
    seed,
    signatures: Array.from({ length: 20 }, () => 1),
  });
  expect(new Set(twins.asked)).toEqual(new Set(["first", "second"]));
}, 120_000);
