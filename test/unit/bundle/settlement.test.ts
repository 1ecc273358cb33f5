/** The outcome in a bundle: read as the gate read it, and seen by services alone. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { outcomeText, type SeenOutcome } from "../../../src/evidence/outcome.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bundleOf, take } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { goldPolicy, goldToken, idOf, observation, units } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";

let place: GatePlace;
beforeEach(async () => {
  place = openPlace();
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

/** A mint that both observers, at block 14, saw final in block 11. */
async function ended(reference: string, given: Partial<SeenOutcome>): Promise<Envelope> {
  const said = await approvedMint(place, { intent: { reference, amount: units(100) } });
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") throw new Error(answer.kind);
  const { account } = place.deployment.key;
  const mined = { status: "success", from: account, nonce: answer.nonce, to: address.parse(goldToken) } as const;
  const value = outcomeText({ ...mined, blockNumber: 11, logs: [], ...given });
  const at = { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } };
  for (const by of ["obs-1", "obs-2"] as const) {
    const fact = { subject: `tx:${answer.txHash}`, fact: "outcome", value };
    await place.admit(observation(place.deployment, by, fact, at));
  }
  return said;
}

async function verdictOn(said: Envelope): Promise<ReturnType<typeof verifyBundle>> {
  const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
  return verifyBundle(bundle, genesis, nativeChecks());
}

test("an outcome whose logs were too long is of the block that the receipt names", async () => {
  const log = { address: address.parse(goldToken), topics: [], data: parseHex(`0x${"00".repeat(64)}`) };
  const said = await ended("A", { logs: Array.from({ length: 20 }, () => log) });
  expect(await verdictOn(said)).toMatchObject({
    kind: "verified",
    report: { outcome: { status: "mismatch", blockNumber: 11 } },
  });
});

test("a reverted request counts with its fees alone, and the bundle of the next one verifies", async () => {
  await ended("A", { status: "reverted" });
  const next = await ended("B", { status: "reverted" });
  expect(await verdictOn(next)).toMatchObject({ kind: "verified" });
  const leaf = (await bundleOf(place, requestIdOf(next))).bundle.leaves.find(
    ({ entry }) => (entry as { kind: string }).kind === "allocation",
  );
  expect(leaf?.entry).toMatchObject({
    facts: {
      usage: {
        "limit.mint-day": { added: "0", count: 0 },
        "ceiling.fees": { added: String(5n * 10n ** 16n), count: 1 },
      },
    },
  });
});

test("an outcome is seen by as many as the policy asks for when it is settled, and no fewer", async () => {
  const { deployment } = place;
  const said = await approvedMint(place, { intent: { reference: "A", amount: units(100) } });
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") throw new Error(answer.kind);
  const groups = { ...goldPolicy().groups, observers: { min: 1 } };
  const document = toWire(goldPolicy({ version: 2, previous: documentName(deployment.policyHash), groups }));
  const { policyHash: previous, deploymentId } = deployment;
  const change = { documentHash: hash(document), version: 2, previous, class: "loosen", reportHash: idOf("report") };
  for (const by of ["otto", "olga"] as const)
    await take(place, sign(by, deploymentId, "PolicyChange", change), { document });
  place.now += 3_700;
  const seen: SeenOutcome = {
    ...{ status: "reverted", from: deployment.key.account, nonce: answer.nonce, to: address.parse(goldToken) },
    ...{ blockNumber: 11, logs: [] },
  };
  const fact = { subject: `tx:${answer.txHash}`, fact: "outcome", value: outcomeText(seen) };
  const block = { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } };
  await take(place, observation(deployment, "obs-1", fact, block));
  expect(place.journal.allocation(requestIdOf(said))).toMatchObject({ outcome: "reverted" });
  expect(await verdictOn(said)).toMatchObject({ kind: "verified", report: { outcome: { status: "reverted" } } });
});
