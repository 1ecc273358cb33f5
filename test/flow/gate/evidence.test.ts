/** What attestors and observers say, and what it changes: sequences, subjects, outcomes, and the room that is left. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { outcomeText, type SeenOutcome } from "../../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { approvedMint, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { attestation, observation, sightings, treasury, units } from "../../place/gold.ts";

let place: GatePlace;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  await place.close();
});

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

/** Sightings at block 10 and a word on the reserves, of which one mint of 900 leaves too little for another. */
async function reservesOf(whole: number): Promise<void> {
  for (const envelope of sightings(place.deployment, { blockNumber: 10, blockTime: place.now - 2 }))
    await place.admit(envelope);
  await place.admit(attestation(place.deployment, place.now, { reserves: units(whole) }));
}

/** A mint that was signed, and its hash. */
async function signedMint(reference: string, whole: number): Promise<{ said: Envelope; txHash: string }> {
  const said = await approvedMint(place, {
    intent: { reference, amount: units(whole), expiresAt: place.now + 36_000 },
  });
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") throw new Error(codeOf(answer));
  return { said, txHash: answer.txHash };
}

/** What both observers saw of it in a final block; nothing but what is given differs from what was approved. */
async function seen(mint: { said: Envelope; txHash: string }, given: Partial<SeenOutcome> = {}): Promise<void> {
  const token = place.deployment.policy.token.address;
  const word = (text: string): string => `0x${text.replace(/^0x/, "").padStart(64, "0")}`;
  const topics = [keccak256(utf8("Transfer(address,address,uint256)")), word(address.zero), word(treasury)];
  const log = { address: token, topics, data: word(BigInt(String(mint.said.message["amount"])).toString(16)) };
  const value = outcomeText({
    status: "success",
    from: place.deployment.key.account,
    nonce: 0,
    to: token,
    blockNumber: 11,
    logs: [log] as never,
    ...given,
  });
  const fact = { subject: `tx:${mint.txHash}`, fact: "outcome", value };
  const at = { blockNumber: 12, blockTime: place.now, overrides: { finalized: true } };
  for (const by of ["obs-1", "obs-2"] as const) {
    expect(codeOf(await place.admit(observation(place.deployment, by, fact, at)))).toBe("admitted");
  }
}

const logsOf = (count: number): SeenOutcome["logs"] =>
  Array.from({ length: count }, () => ({
    address: address.parse(`0x${"22".repeat(20)}`),
    topics: [],
    data: `0x${"00".repeat(64)}`,
  })) as never;

describe("a mint that is final above the observed supply", () => {
  const endings = [
    ["as approved", {}, "success"],
    ["not as approved", { logs: [] }, "mismatch"],
    ["with more logs than fit", { logs: logsOf(20) }, "mismatch"],
  ] as const;
  for (const [what, given, outcome] of endings) {
    test(`stays in the headroom when it ended ${what}`, async () => {
      await reservesOf(1000);
      const mint = await signedMint("A", 900);
      await seen(mint, given);
      expect(place.journal.allocation(requestIdOf(mint.said))).toMatchObject({ outcome, outcomeBlock: 11 });
      const next = await approvedMint(place, { intent: { reference: "B", amount: units(900) } });
      expect(codeOf(await place.sign(requestIdOf(next)))).toBe("policy.reserves-short");
    });
  }

  test("gives its room back when it was reverted", async () => {
    await reservesOf(1000);
    await seen(await signedMint("A", 900), { status: "reverted", logs: [] });
    const next = await approvedMint(place, { intent: { reference: "B", amount: units(900) } });
    expect((await place.sign(requestIdOf(next))).kind).toBe("signed");
  });
});
