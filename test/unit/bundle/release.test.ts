/** The second leg in a bundle: a gate that wrote another release than the rules allow is found out offline, though its log key signed it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import type { ReleaseEntry } from "../../../src/gate/release.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { bundleOf, take } from "../../place/bundle-maker.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { chainId, goldDeployment, idOf, sightings, units } from "../../place/gold.ts";
import {
  approvedRedemption,
  delivery,
  redeemingPolicy,
  released,
  seenBurn,
  signedBurn,
  vault,
} from "../../place/redemption.ts";

const deployment = goldDeployment({ policy: redeemingPolicy() });
let place: GatePlace;
let said: Envelope;
let burn: Bytes32;

beforeEach(async () => {
  place = openPlace(deployment);
  await bringEvidence(place);
  said = await approvedRedemption(place);
  burn = await signedBurn(place, said);
  await seenBurn(place, { txHash: burn });
});
afterEach(async () => {
  await place.close();
});

async function verdict(): Promise<ReturnType<typeof verifyBundle>> {
  const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
  return verifyBundle(bundle, genesis, nativeChecks());
}

/** The release that an honest gate would write now, with a field changed, put into the log by a gate that does as it likes. */
function written(change: Readonly<Record<string, unknown>> = {}): ReleaseEntry {
  const entry = entrySchema.parse({
    kind: "release",
    epoch: 1,
    instant: place.now,
    requestId: requestIdOf(said),
    burn,
    asset: "GLD",
    chainId,
    amount: units(100),
    amountText: "100 GLD",
    destination: vault,
    reference: "RDM-1",
    policyHash: deployment.policyHash,
    deliveredBy: { group: "compliance", min: 1 },
    deliverBefore: place.now + 72 * 3_600,
    ...change,
  });
  if (entry.kind !== "release") throw new Error(entry.kind);
  place.journal.append(entry);
  return entry;
}

test("an honest one verifies, and is told", async () => {
  written();
  expect(await verdict()).toMatchObject({ kind: "verified", report: { redemption: { delivered: [] } } });
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["burn", { burn: idOf("another burn") }],
  ["asset", { asset: "SLV" }],
  ["chainId", { chainId: 1 }],
  ["amount", { amount: "100000000000000000001" }],
  ["amountText", { amountText: "1,000 GLD" }],
  ["destination", { destination: "vault-lon-2" }],
  ["destination", { destination: "my-own-garage" }],
  ["reference", { reference: "RDM-2" }],
  ["policyHash", { policyHash: idOf("another policy") }],
  ["deliveredBy", { deliveredBy: { group: "issuers", min: 1 } }],
  ["deliveredBy", { deliveredBy: { group: "compliance", min: 2 } }],
  ["deliverBefore", { deliverBefore: 1_900_000_000 }],
])("a release with another %s is wrong", async (field, change) => {
  written(change);
  const found = await verdict();
  expect(found.kind).toBe("wrong");
  expect(found.kind === "wrong" && found.field).toContain(`.entry.${field}`);
});

test("a second release of one burn is wrong", async () => {
  written();
  written();
  expect(await verdict()).toMatchObject({ kind: "wrong", why: "one burn has one release" });
});

test("a release of a burn that is signed and not final is wrong", async () => {
  for (const one of sightings(deployment, { blockNumber: 30, blockTime: place.now - 1 }, { nonce: "1" }))
    await take(place, one);
  said = await approvedRedemption(place, { reference: "RDM-2" });
  burn = await signedBurn(place, said);
  expect((await verdict()).kind).toBe("verified");
  written({ reference: "RDM-2" });
  expect(await verdict()).toMatchObject({
    kind: "wrong",
    why: "too few observers saw the burn in a final block before it was released",
  });
});

test("a delivery counts of those alone whom the release names", async () => {
  const release = written();
  const statement = delivery(deployment, release, { by: "otto" });
  place.journal.append({ kind: "statement", epoch: 1, instant: release.instant, statement });
  expect(await verdict()).toMatchObject({ kind: "wrong", why: "nobody who says what was delivered" });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["of another burn", { burn: idOf("another burn") }, "message.burn"],
  ["of before the release", { asOf: 1_700_000_000 }, "message.asOf"],
])("a delivery %s is wrong", async (_, given, field) => {
  const release = written();
  const statement = delivery(deployment, release, given);
  place.journal.append({ kind: "statement", epoch: 1, instant: release.instant, statement });
  const found = await verdict();
  expect(found.kind === "wrong" && found.field).toContain(field);
});

test("a delivery without a release, or said twice by one person, is wrong", async () => {
  const fake = { requestId: requestIdOf(said), burn: idOf("burn"), instant: place.now } as unknown as ReleaseEntry;
  const statement = delivery(deployment, fake);
  place.journal.append({ kind: "statement", epoch: 1, instant: place.now as never, statement });
  expect(await verdict()).toMatchObject({ kind: "wrong", why: "nothing was released before it" });
});

test("the same person's word counts once", async () => {
  const release = written();
  for (const reference of ["W-1", "W-2"]) {
    const statement = delivery(deployment, release, { reference });
    place.journal.append({ kind: "statement", epoch: 1, instant: release.instant, statement });
  }
  expect(await verdict()).toMatchObject({ kind: "wrong", why: "the same person said so before" });
});

test("who asked for it never says that it was delivered", async () => {
  const own = goldDeployment({
    policy: redeemingPolicy({
      redemption: {
        destinations: [{ id: "vault-zrh-7", label: "Bank A" }],
        delivery: { by: { group: "issuers", min: 1 }, within: "1h" },
      },
    }),
  });
  const other = openPlace(own);
  await bringEvidence(other);
  const asked = await approvedRedemption(other);
  await seenBurn(other, { txHash: await signedBurn(other, asked) });
  const instruction = await released(other, asked);
  expect(await other.admit(delivery(own, instruction, { by: "ida", asOf: instruction.instant }))).toMatchObject({
    code: "delivery.not-entitled",
  });
  await take(other, delivery(own, instruction, { by: "ivan", asOf: instruction.instant }));
  const { bundle, genesis } = await bundleOf(other, requestIdOf(asked));
  expect(verifyBundle(bundle, genesis, nativeChecks()).kind).toBe("verified");
  await other.close();
});
