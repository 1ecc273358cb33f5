/** Somebody else's transaction on a managed account: observers see the nonce used, and the gate freezes the key by itself, with a leaf. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Entry } from "../../../src/log/entry.ts";
import {
  approvedMint,
  bringEvidence,
  busy,
  moodyBackend,
  openPlace,
  requestIdOf,
  unavailable,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { approval, goldDeployment, observation, sightings, units } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";
import { hash } from "../../../src/values/json.ts";
import { makeOlder } from "../../place/older-journal.ts";

const deployment = goldDeployment();
let place: GatePlace;
let token: Moody;
let block = 20;

beforeEach(async () => {
  token = moodyBackend();
  place = openPlace(deployment, token);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

async function seen(nonce: number): Promise<void> {
  block += 1;
  const at = { blockNumber: block, blockTime: place.now };
  for (const one of sightings(deployment, at, { nonce: String(nonce), supply: units(100) })) await place.admit(one);
}

async function freezes(): Promise<Extract<Entry, { kind: "freeze" }>[]> {
  const found = await place.gate.answer({ verb: "entries", from: 0, limit: 500 });
  if (found.kind !== "entries") throw new Error(found.kind);
  return found.leaves
    .map(({ leaf }) => JSON.parse(leaf) as Entry)
    .filter((entry): entry is Extract<Entry, { kind: "freeze" }> => entry.kind === "freeze");
}

const first = `nonce 1 of ${deployment.key.account} was used by a transaction that this gate did not sign; the chain has 2 of this account`;

test("a nonce beyond all that we signed freezes the key at once, once, before anybody asks for a signature", async () => {
  const said = await approvedMint(place, { intent: { reference: "D-1" } });
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  await seen(1);
  expect(await freezes()).toEqual([]);
  await seen(2);
  await seen(3);
  expect(await freezes()).toMatchObject([{ scope: "key", target: "hsm-mint", by: "hsm-mint", reason: first }]);
  const next = await approvedMint(place, { intent: { reference: "D-2" } });
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test("a freeze that people lifted stays lifted for what they looked at, and a further stranger's transaction freezes the key again", async () => {
  const said = await approvedMint(place, { intent: { reference: "D-1" } });
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  const lift = async (): Promise<void> => {
    const ids = place.journal.freezes().flatMap(({ freezeId, lifted }) => (lifted ? [] : [freezeId]));
    expect(ids).toHaveLength(1);
    const words = { freezesHash: hash(ids), scope: "key", target: "hsm-mint", expiresAt: place.now + 600 };
    for (const by of ["otto", "olga"] as const)
      await place.admit(sign(by, deployment.deploymentId, "Unfreeze", words), ids);
  };
  await seen(2);
  await lift();
  await seen(2);
  await seen(2);
  expect(await freezes()).toHaveLength(1);
  const next = await approvedMint(place, { intent: { reference: "D-2" } });
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "refused", code: "gate.outsider-nonce" });
  // The asking froze it in its own words; lifted too, it stays so.
  await lift();
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "refused", code: "gate.outsider-nonce" });
  expect(await freezes()).toHaveLength(2);
  await seen(3);
  expect(await freezes()).toHaveLength(3);
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test("a nonce that is allocated and was never signed by us freezes it too", async () => {
  const one = await approvedMint(place, { intent: { reference: "D-1" } });
  expect((await place.sign(requestIdOf(one))).kind).toBe("signed");
  token.mood = busy;
  const two = await approvedMint(place, { intent: { reference: "D-2" } });
  await place.sign(requestIdOf(two));
  token.mood = undefined;
  const three = await approvedMint(place, { intent: { reference: "D-3" } });
  expect(await place.sign(requestIdOf(three))).toMatchObject({ kind: "signed", nonce: 2 });
  await seen(1);
  expect(await freezes()).toEqual([]);
  await seen(2);
  expect(await freezes()).toMatchObject([{ target: "hsm-mint", reason: first }]);
});

test("a nonce for which a signature may exist is not called a stranger's, nor one that a filler closes", async () => {
  token.mood = unavailable;
  const one = await approvedMint(place, { intent: { reference: "D-1" } });
  await place.sign(requestIdOf(one));
  token.mood = busy;
  const two = await approvedMint(place, { intent: { reference: "D-2" } });
  await place.sign(requestIdOf(two));
  token.mood = undefined;
  await place.admit(approval(deployment, two, "carla", { decision: "reject", reason: "no" }));
  expect((await place.fill(requestIdOf(two))).kind).toBe("signed");
  await seen(2);
  expect(await freezes()).toEqual([]);
});

test("a nonce that was signed for before the journal knew of doubts is not called a stranger's", async () => {
  const said = await approvedMint(place, { intent: { reference: "D-1" } });
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  await place.reopen(() => {
    makeOlder(place.journalFile);
  });
  await seen(1);
  expect(await freezes()).toEqual([]);
});

test("one observer alone freezes nothing, and a lane where nothing was allocated is anybody's past", async () => {
  const fact = { subject: `account:${deployment.key.account}`, fact: "nonce", value: "7" };
  await place.admit(observation(deployment, "obs-1", fact, { blockNumber: 90, blockTime: place.now }));
  expect(await freezes()).toEqual([]);
  await seen(7);
  expect(await freezes()).toEqual([]);
  const said = await approvedMint(place);
  expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 7 });
});
