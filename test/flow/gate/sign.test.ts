/** What the gate signs, what it refuses, and what it remembers. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import { approvedMint, bringEvidence, fees, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, attestation, idOf, submission, units } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";

let place: GatePlace;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  await place.close();
});

test("signs a mint that two custodians approved and the reserves cover", async () => {
  await bringEvidence(place);
  const said = await approvedMint(place);
  const answer = await place.sign(requestIdOf(said));
  expect(answer).toMatchObject({ kind: "signed", nonce: 0 });
  if (answer.kind !== "signed") return;
  const { transaction } = parseTransaction(answer.raw);
  expect(transaction.to).toBe(place.deployment.policy.token.address);
  expect(transaction.gasLimit).toBe(fees.gasLimit);
});

test("answers the same bytes when it is asked again, and after a restart, without asking the token again", async () => {
  await bringEvidence(place);
  const said = await approvedMint(place);
  const first = await place.sign(requestIdOf(said));
  expect(await place.sign(requestIdOf(said))).toEqual(first);
  await place.reopen();
  expect(await place.sign(requestIdOf(said))).toEqual(first);
  expect(place.backend.asked()).toBe(1);
});

test("says who is missing while the quorum is not complete, and signs when it is", async () => {
  await bringEvidence(place);
  const said = submission(place.deployment, { now: place.now });
  await place.admit(said);
  await place.admit(approval(place.deployment, said, "carla"));
  const pending = await place.sign(requestIdOf(said));
  expect(pending).toMatchObject({
    kind: "refused",
    code: "policy.quorum-missing",
    decision: { verdict: "pending", missing: [{ group: "custodians", count: 1 }] },
  });
  await place.admit(approval(place.deployment, said, "cyril"));
  expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "signed" });
});

test("signs nothing without evidence, whoever approved", async () => {
  const said = await approvedMint(place);
  expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", decision: { verdict: "pending" } });
  expect(place.backend.asked()).toBe(0);
});

test("allocates one of two mints that fit the reserves each but not together", async () => {
  await bringEvidence(place);
  for (const envelope of [attestation(place.deployment, place.now, { reserves: units(150), sequence: 2 })])
    await place.admit(envelope);
  const one = await approvedMint(place, { intent: { reference: "D-1" } });
  const two = await approvedMint(place, { intent: { reference: "D-2" } });
  const answers = await Promise.all([place.sign(requestIdOf(one)), place.sign(requestIdOf(two))]);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["refused", "signed"]);
  expect(answers.find(({ kind }) => kind === "refused")).toMatchObject({ code: "policy.reserves-short" });
});

test("gives a hundred signings of one request one nonce and one signature", async () => {
  await bringEvidence(place);
  const said = await approvedMint(place);
  const answers = await Promise.all(Array.from({ length: 100 }, () => place.sign(requestIdOf(said))));
  const kinds = new Set(answers.map(({ kind }) => kind));
  expect([...kinds].every((kind) => kind === "signed" || kind === "signing")).toBe(true);
  expect(place.backend.asked()).toBe(1);
  expect(place.journal.highestNonce(31_337, place.deployment.key.account)).toBe(0);
});

test("a freeze between permit and token call yields no signature", async () => {
  await bringEvidence(place);
  const said = await approvedMint(place);
  place.fault = async (point) => {
    if (point !== "gate:permit-stored") return;
    place.fault = () => undefined;
    await place.admit(
      signAs("cora", place.deployment.deploymentId, "Freeze", {
        scope: "asset",
        target: "GLD",
        reason: "stop",
        freezeId: idOf("freeze"),
      }),
    );
  };
  expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.frozen" });
  expect(place.backend.asked()).toBe(0);
});

test("counts an allocation in the limit once, and gives room back when a final revert was observed", async () => {
  await bringEvidence(place);
  const said = await approvedMint(place, { intent: { amount: units(1000), reference: "D-1" } });
  const answer = await place.sign(requestIdOf(said));
  expect(answer.kind).toBe("signed");
  if (answer.kind !== "signed") return;
  expect(place.journal.openAllocations()).toHaveLength(1);
  const { account } = place.deployment.key;
  const value = JSON.stringify({
    block: 12,
    from: account,
    logs: [],
    nonce: 0,
    status: "reverted",
    to: place.deployment.policy.token.address,
  });
  const { observation } = await import("../../place/gold.ts");
  for (const by of ["obs-1", "obs-2"] as const) {
    const seen = observation(
      place.deployment,
      by,
      { subject: `tx:${answer.txHash}`, fact: "outcome", value },
      { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } },
    );
    expect(await place.admit(seen)).toMatchObject({ kind: "admitted" });
  }
  expect(place.journal.openAllocations()).toHaveLength(0);
  expect(place.journal.allocation(requestIdOf(said))?.outcome).toBe("reverted");
});

test("gives a statement that comes twice at once the same receipt twice", async () => {
  const said = submission(place.deployment, { now: place.now });
  await place.admit(said);
  const vote = approval(place.deployment, said, "carla");
  const [one, other] = await Promise.all([place.admit(vote), place.admit(vote)]);
  expect(one.kind).toBe("admitted");
  expect(other).toEqual(one);
});
