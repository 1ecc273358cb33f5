/** The bundle of a request that was closed by a filler: a stranger sees that the key signed nothing but that. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import type { BundleFile } from "../../../src/bundle/bundle.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import type { Json } from "../../../src/values/json.ts";
import { bundleOf } from "../../place/bundle-maker.ts";
import {
  approvedMint,
  bringEvidence,
  busy,
  moodyBackend,
  openPlace,
  requestIdOf,
  type GatePlace,
} from "../../place/gate.ts";
import { approval, goldDeployment, observation } from "../../place/gold.ts";

const deployment = goldDeployment();
let place: GatePlace;
let requestId: Bytes32;

beforeEach(async () => {
  const token = moodyBackend();
  place = openPlace(deployment, token);
  await bringEvidence(place);
  const said = await approvedMint(place);
  requestId = requestIdOf(said);
  token.mood = busy;
  await place.sign(requestId);
  token.mood = undefined;
  await place.admit(approval(deployment, said, "carla", { decision: "reject", reason: "wrong receipt" }));
});
afterEach(async () => {
  await place.close();
});

async function filledAndFinal(): Promise<Bytes32> {
  const filled = await place.fill(requestId);
  if (filled.kind !== "signed") throw new Error(filled.kind);
  const { account } = deployment.key;
  const value = outcomeText({ status: "success", from: account, nonce: 0, to: account, blockNumber: 12, logs: [] });
  const seen = { subject: `tx:${filled.txHash}`, fact: "outcome", value };
  for (const by of ["obs-1", "obs-2"] as const)
    await place.admit(
      observation(deployment, by, seen, { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } }),
    );
  return filled.txHash;
}

/** The bundle's file with one field of one leaf changed. */
function edited(file: BundleFile, kind: string, edit: (entry: Record<string, Json>) => void): Json {
  const copy = structuredClone(file) as unknown as { leaves: { entry: Record<string, Json> }[] };
  edit(copy.leaves.find(({ entry }) => entry["kind"] === kind)!.entry);
  return copy;
}

test("there is none before the filler is signed", async () => {
  await expect(bundleOf(place, requestId)).rejects.toMatchObject({ code: "bundle.not-signed" });
});

test("is verified, names what was signed as closing, and its outcome as closed", async () => {
  const txHash = await filledAndFinal();
  const { bundle, genesis } = await bundleOf(place, requestId);
  const verdict = verifyBundle(bundle, genesis, nativeChecks());
  if (verdict.kind === "wrong") throw new Error(`${verdict.field}: ${verdict.why}`);
  expect(verdict.report.transactions).toEqual([{ txHash, nonce: 0, leaf: expect.any(Number) as number, closes: true }]);
  expect(verdict.report.outcome).toMatchObject({ status: "closed", txHash, blockNumber: 12 });
});

test.each([
  [
    "the recipient",
    (entry: Record<string, Json>) =>
      ((entry["transaction"] as Record<string, Json>)["to"] = deployment.policy.token.address),
    "transaction.to",
  ],
  [
    "the value",
    (entry: Record<string, Json>) => ((entry["transaction"] as Record<string, Json>)["value"] = "1"),
    "transaction.value",
  ],
  [
    "the nonce",
    (entry: Record<string, Json>) => ((entry["transaction"] as Record<string, Json>)["nonce"] = 1),
    "transaction.nonce",
  ],
  ["the key", (entry: Record<string, Json>) => (entry["key"] = "hsm-other"), "key"],
  ["the request", (entry: Record<string, Json>) => (entry["requestId"] = `0x${"12".repeat(32)}`), "requestId"],
])("in which %s of the filler was changed is wrong, there", async (_, edit, place_) => {
  await filledAndFinal();
  const { bundle, genesis } = await bundleOf(place, requestId);
  const at = bundle.leaves.findIndex(({ entry }) => (entry as Record<string, Json>)["kind"] === "filler");
  const verdict = verifyBundle(edited(bundle, "filler", edit), genesis, nativeChecks());
  expect(verdict).toMatchObject({ kind: "wrong", field: `leaves[${String(at)}].entry.${place_}` });
});

test("in which the filler passes for the request's own success is wrong", async () => {
  await filledAndFinal();
  const { bundle, genesis } = await bundleOf(place, requestId);
  const verdict = verifyBundle(
    edited(bundle, "outcome", (entry) => (entry["status"] = "success")),
    genesis,
    nativeChecks(),
  );
  expect(verdict.kind).toBe("wrong");
  expect(verdict.kind === "wrong" && verdict.field).toMatch(/\.entry\.status$/);
});
