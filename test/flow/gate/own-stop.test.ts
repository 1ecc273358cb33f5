/** What the gate stops by itself, a freeze or a pause, holds at once: no observation from before is believed of it, however fresh. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import * as subject from "../../../src/evidence/subject.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { parse as parseAddress, zero } from "../../../src/values/address.ts";
import { bytes32Schema } from "../../../src/values/schema.ts";
import { bringEvidence, busy, moodyBackend, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  goldDeployment,
  goldPolicy,
  goldToken,
  observation,
  submission,
  treasury,
} from "../../place/gold.ts";
import { tokenOf } from "../../place/profiles.ts";

const operations = ["mint", "freeze", "pause"] as const;
const written = goldPolicy();
const deployment = goldDeployment({
  policy: goldPolicy({
    token: tokenOf("erc7943", written.token),
    rules: operations.map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    })),
  }),
});
const token = subject.token(parseAddress(goldToken));
const holder = subject.holder(parseAddress(goldToken), parseAddress(treasury));
let place: GatePlace;

beforeEach(async () => {
  place = openPlace(deployment);
  await see(10);
});
afterEach(async () => {
  await place.close();
});

/** Nothing is frozen or paused, as far as anybody saw at this block. */
async function see(block: number): Promise<void> {
  await bringEvidence(place, {}, block);
  const facts = [
    { subject: token, fact: "decimals", value: "18" },
    { subject: holder, fact: "frozen", value: "0" },
    { subject: holder, fact: "verified", value: "true" },
  ];
  for (const fact of facts)
    for (const by of ["obs-1", "obs-2"] as const)
      await place.admit(observation(deployment, by, fact, { blockNumber: block, blockTime: place.now - 2 }));
}

async function ask(operation: (typeof operations)[number], reference: string): Promise<GateAnswer> {
  const none = operation === "mint" ? {} : { amount: "0", ...(operation === "pause" ? { to: zero } : {}) };
  const said = submission(deployment, { now: place.now, intent: { operation, reference, ...none } });
  await place.admit(said);
  await place.admit(approval(deployment, said, "carla"));
  return place.sign(requestIdOf(said));
}

/** What two observers say became of the transaction, in a final block. */
async function outcome(answer: GateAnswer, status: "success" | "reverted", block: number): Promise<void> {
  const txHash = bytes32Schema.parse((answer as { txHash?: unknown }).txHash);
  const [from, to] = [deployment.key.account, parseAddress(goldToken)];
  const value = outcomeText({ status, from, nonce: 0, to, blockNumber: block, logs: [] });
  const fact = { subject: subject.transaction(txHash), fact: "outcome", value };
  for (const by of ["obs-1", "obs-2"] as const)
    await place.admit(
      observation(deployment, by, fact, {
        blockNumber: block + 5,
        blockTime: place.now - 2,
        overrides: { finalized: true },
      }),
    );
}

/** The clauses for which it is not signed. */
const lacks = (answer: GateAnswer): readonly string[] =>
  (answer as { decision?: Decision }).decision?.clauses.filter(({ ok }) => !ok).map(({ id }) => id) ?? [];

const stops = [
  ["freeze", "token.to.frozen"],
  ["pause", "token.paused"],
] as const;

test.each(stops)(
  "after a %s is signed nothing is minted on what was seen before, nor while it is in no block",
  async (stop, clause) => {
    expect((await ask("mint", "BEFORE")).kind).toBe("signed");
    const stopped = await ask(stop, "STOP");
    expect(stopped.kind).toBe("signed");
    expect(lacks(await ask("mint", "M-1"))).toContain(clause);
    // Seen afresh, before the transaction is mined.
    await see(11);
    expect(lacks(await ask("mint", "M-2"))).toContain(clause);
  },
);

test.each(stops)(
  "a %s that took effect in a block is believed to be over from observations of that block on",
  async (stop, clause) => {
    const stopped = await ask(stop, "STOP");
    await see(20);
    await outcome(stopped, "success", 21);
    expect(lacks(await ask("mint", "M-1"))).toContain(clause);
    await see(21);
    expect((await ask("mint", "M-1")).kind).toBe("signed");
  },
);

test.each(stops)(
  "a %s behind a mint that waits for its token does not stop it: it would wait for that mint",
  async (stop) => {
    await place.close();
    const backend = moodyBackend();
    place = openPlace(deployment, backend);
    await see(10);
    backend.mood = busy;
    expect((await ask("mint", "FIRST")).kind).toBe("signing");
    expect((await ask(stop, "STOP")).kind).toBe("signing");
    expect((await ask("mint", "BEHIND")).kind).toBe("refused");
    place.now += 5;
    backend.mood = undefined;
    expect(await ask("mint", "FIRST")).toMatchObject({ kind: "signed", nonce: 0 });
    expect(await ask(stop, "STOP")).toMatchObject({ kind: "signed", nonce: 1 });
  },
);

test.each(stops)("a %s that was reverted stopped nothing", async (stop) => {
  const stopped = await ask(stop, "STOP");
  await outcome(stopped, "reverted", 12);
  await see(12);
  expect((await ask("mint", "M-1")).kind).toBe("signed");
});
