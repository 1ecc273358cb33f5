/** Whoever knows which gates followed one another takes no other gate in their place, and no log but the one that people promoted. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { gatesIn, goesOn, openStanding } from "../../../src/gate/promotion.ts";
import { format, logSignature, noteToSign, originOf, unsigned, withSignature } from "../../../src/log/checkpoint.ts";
import { openOwnDeployment } from "../../../src/sdk/deployment.ts";
import { holdLog, rootOf, type Leaf } from "../../../src/sdk/whole-log.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { canonical, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bundleOf, type MadeBundle } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment } from "../../place/gold.ts";
import {
  bringNonce,
  closeAll,
  entriesOf,
  followed,
  leavesOf,
  nextKey,
  openGatePlace,
  promote,
  rebuiltFrom,
  signedMint,
  standbyOf,
} from "../../place/succession.ts";
import { noteSigner } from "../../place/witness.ts";

const checks = nativeChecks();
const deployment = goldDeployment();
const thirdKey = noteSigner("a third log");

/** With and without the gate in office. */
let newest: Json;
let inOffice: GatePlace;
/** Promoted from an earlier log, with another key of the same epoch. */
let other: GatePlace;
let early: MadeBundle;
let strange: MadeBundle;

beforeAll(async () => {
  const place = openGatePlace(deployment);
  await bringEvidence(place);
  const at = rebuiltFrom(place);
  const first = await approvedMint(place, { intent: { reference: "D-1" } });
  await place.sign(requestIdOf(first));
  early = await bundleOf(place, requestIdOf(first));
  const rejected = await approvedMint(place, { intent: { reference: "D-2" } });
  await place.admit(approval(deployment, rejected, "carla", { decision: "reject", reason: "wrong receipt" }));
  inOffice = await followed(place);
  other = standbyOf(place, at, thirdKey.name);
  await promote(other, at, { logKey: thirdKey.publicKey });
  await bringNonce(other, "0", 11);
  const said = await approvedMint(other, { intent: { reference: "D-9" } });
  expect((await other.sign(requestIdOf(said))).kind).toBe("signed");
  strange = await bundleOf(other, requestIdOf(said));
  const promotions = gatesIn(entriesOf(inOffice)).map(toWire);
  newest = { ...(deployment.file as object), promotions };
});
afterAll(closeAll);

const numbered = (leaves: readonly string[]): readonly Leaf[] => leaves.map((leaf, index) => ({ index, leaf }));

async function held(place: GatePlace, file: Json): Promise<number> {
  const { checkpoint } = await place.head();
  return holdLog({ standing: openStanding(file, checks), checks }, checkpoint, numbered(leavesOf(place))).size;
}

test("a log of another gate of an epoch that is known is refused, and one that goes on is taken", async () => {
  expect(await held(other, deployment.file)).toBe(other.journal.size());
  await expect(held(other, newest)).rejects.toMatchObject({ name: "InvalidValue" });
  expect(await held(inOffice, newest)).toBe(inOffice.journal.size());
});

test("a bundle of another gate of an epoch that is known is wrong, and one from before that epoch is not", async () => {
  const mine = openOwnDeployment(canonical(newest), checks);
  const first = openOwnDeployment(canonical(deployment.file), checks);
  const text = JSON.stringify(strange.bundle);
  expect(first.verifyBundle(text)).toMatchObject({ kind: "verified" });
  expect(mine.verifyBundle(text)).toMatchObject({ kind: "wrong", why: "you know another gate of epoch 2" });
  expect(mine.verifyBundle(JSON.stringify(early.bundle))).toMatchObject({ kind: "verified" });
  await signedMint(inOffice, "D-3");
});

test("what goes on has every known gate, and may have more", () => {
  const { epochs } = openStanding(newest, checks);
  const [one, two] = epochs;
  expect(goesOn(epochs, epochs)).toBe(true);
  expect(goesOn([one], epochs)).toBe(true);
  expect(goesOn(epochs, [one])).toBe(false);
  expect(goesOn(epochs, [one, { epoch: 2, logKey: thirdKey.publicKey }])).toBe(false);
  expect(two?.logKey).toBe(nextKey.publicKey);
});

/** These leaves under the word of the gate in office. */
function signedLog(lines: readonly string[]): { readonly checkpoint: string; readonly leaves: readonly Leaf[] } {
  const leaves = numbered(lines);
  const head = { origin: originOf(deployment.deploymentId), size: leaves.length, root: rootOf(leaves) };
  const key = { name: head.origin, publicKey: nextKey.publicKey };
  const line = logSignature(key, fromBytes(nextKey.sign(noteToSign(head))));
  return { checkpoint: format(withSignature(unsigned(head), line)), leaves };
}

test("a log that says otherwise before the promotion than people signed is refused, whoever has the key in office", () => {
  const whole = leavesOf(inOffice);
  const trust = { standing: openStanding(newest, checks), checks };
  const own = signedLog(whole);
  expect(holdLog(trust, own.checkpoint, own.leaves).size).toBe(whole.length);
  const without = signedLog(whole.filter((leaf) => !leaf.includes('"decision":"reject"')));
  expect(without.leaves).toHaveLength(whole.length - 1);
  expect(() => holdLog(trust, without.checkpoint, without.leaves)).toThrow(
    expect.objectContaining({ code: "log.restoration" }),
  );
  const unrestored = signedLog(
    whole.filter((leaf) => !leaf.includes('"decision":"reject"') && !leaf.includes('"kind":"restoration"')),
  );
  expect(() => holdLog(trust, unrestored.checkpoint, unrestored.leaves)).toThrow(
    expect.objectContaining({ code: "log.promotion" }),
  );
});
