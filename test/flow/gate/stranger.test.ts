/** A token changed by a transaction that the gate did not sign: enough observers say so, and the asset is frozen by itself, with their words in the log. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { topic } from "../../../src/chain/mismatch.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import { changeIn, tokenEventText, type TokenChange } from "../../../src/evidence/token-event.ts";
import { readStranger } from "../../../src/gate/stranger.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Entry } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { hash } from "../../../src/values/json.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  goldCode,
  goldDeployment,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  sightings,
  submission,
} from "../../place/gold.ts";
import { sign, type PersonId } from "../../place/people.ts";
import { tokenOf } from "../../place/profiles.ts";

const gold = goldDeployment();
let deployment = gold;
const strange = idOf("a transaction of somebody else");
let place: GatePlace;

beforeEach(async () => {
  deployment = gold;
  place = openPlace(deployment);
  await bringEvidence(place);
  place.now += 100;
});
afterEach(async () => {
  await place.close();
});

type Telling = {
  readonly by?: PersonId;
  readonly txHash?: string;
  readonly token?: string;
  readonly what?: readonly TokenChange[];
  readonly time?: number;
  readonly block?: number;
  readonly finalized?: boolean;
  readonly seenAt?: number;
};

function told(telling: Telling = {}): Promise<GateAnswer> {
  const { by = "obs-1", txHash = strange, token = goldToken, what = ["a mint"], finalized = true } = telling;
  const { time = place.now - 20, block = 18, seenAt = 20 } = telling;
  const value = tokenEventText({ block, time: parseInstant(time), what });
  const fact = { subject: `event:${token}:${txHash}`, fact: "event", value };
  return place.admit(
    observation(deployment, by, fact, { blockNumber: seenAt, blockTime: place.now - 10, overrides: { finalized } }),
  );
}

async function both(telling: Telling = {}): Promise<void> {
  for (const by of ["obs-1", "obs-2"] as const) await told({ ...telling, by });
}

const entries = (): readonly Entry[] =>
  place.journal.leaves(0, 1_000).map(({ bytes }) => JSON.parse(JSON.stringify(decodeLeaf(bytes))) as Entry);
const freezes = () => entries().filter((entry) => entry.kind === "freeze");

test("two observers freeze the asset once, with the transaction, the block and what it did, and their words in the log", async () => {
  await both();
  await both();
  const [freeze, ...more] = freezes();
  expect(more).toEqual([]);
  expect(freeze).toMatchObject({ scope: "asset", target: "GLD", by: "obs-1" });
  expect(readStranger(freeze?.reason ?? "")).toEqual({
    txHash: strange,
    chainId: 31_337,
    token: parseAddress(goldToken),
    block: 18,
    what: "a mint",
  });
  const words = entries().flatMap((entry) =>
    entry.kind === "statement" && entry.statement.kind === "ChainObservation" ? [entry.statement.message["fact"]] : [],
  );
  expect(words).toEqual(["event", "event"]);
  const next = await approvedMint(place);
  expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test.each([
  ["a burn and a mint", ["a burn", "a mint"]],
  ["a grant of a role", ["a grant of a role"]],
  ["a mint and a pause", ["a pause", "a mint"]],
] as const)("so does %s", async (words, what) => {
  await both({ what });
  expect(freezes().map(({ reason }) => readStranger(reason)?.what)).toEqual([words]);
});

test.each([
  ["one observer alone", () => told()],
  ["one observer twice", () => told().then(() => told())],
  ["two who see different things", () => told().then(() => told({ by: "obs-2", what: ["a burn"] }))],
  ["two of whom one does not see it final", () => told().then(() => told({ by: "obs-2", finalized: false }))],
  ["a burn alone where holders burn", () => both({ what: ["a burn"] })],
  ["what was done before a policy named the token", () => both({ time: place.now - 100 })],
] as const)("%s freezes nothing", async (_, tell) => {
  await tell();
  expect(freezes()).toEqual([]);
});

test("where a role burns, a burn freezes too, and adds nothing while the asset is frozen for a stranger's already; a mint does", async () => {
  await place.close();
  const token = { chain: 31_337, address: goldToken, decimals: 18, standard: "fiat-token", codehash: goldCode };
  deployment = goldDeployment({ policy: goldPolicy({ token }) });
  place = openPlace(deployment);
  place.now += 100;
  await both({ what: ["a burn"] });
  await both({ txHash: idOf("a second burn"), what: ["a burn"] });
  expect(freezes()).toHaveLength(1);
  await both({ txHash: idOf("a mint after it") });
  expect(freezes().map(({ reason }) => readStranger(reason)?.what)).toEqual(["a burn", "a mint"]);
  await lift();
  place.now += 10;
  await both({ txHash: idOf("a second burn"), what: ["a burn"], seenAt: 25 });
  expect(freezes()).toHaveLength(3);
});

test.each([
  ["MultiplierScheduled(uint256,uint256)", "an announced multiplier"],
  ["NewMinter(address)", "a grant of a role"],
  ["NewMultiplierUpdater(address)", "a grant of a role"],
  ["PauseModeChange(bool)", "a pause or its end"],
  ["NewSanctionsList(address)", "a change of the list of sanctions"],
] as const)("where shares have a multiplier, a stranger's %s stops whatever issues", async (signature, words) => {
  await place.close();
  deployment = goldDeployment({ policy: goldPolicy({ token: tokenOf("backed-token", goldPolicy().token) }) });
  place = openPlace(deployment);
  place.now += 100;
  const change = changeIn([topic(signature)]);
  await both({ what: change === undefined ? [] : [change] });
  expect(freezes().map(({ reason }) => readStranger(reason)?.what)).toEqual([words]);
  const mint = await approvedMint(place);
  expect(await place.sign(requestIdOf(mint))).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test.each([
  ["a token of no policy", { token: `0x${"22".repeat(20)}` }],
  ["no hash", { txHash: "0x12" }],
] as const)("nobody asks for events of %s", async (_, telling) => {
  expect(await told(telling)).toMatchObject({ kind: "problem", code: "observation.unknown-subject" });
});

test("nor for somebody who is no observer, nor for a value that is none", async () => {
  expect(await told({ by: "carla" })).toMatchObject({ kind: "problem", code: "observation.not-an-observer" });
  const fact = { subject: `event:${goldToken}:${strange}`, fact: "event", value: "a mint" };
  const said = observation(deployment, "obs-1", fact, { blockNumber: 20, blockTime: place.now });
  expect(await place.admit(said)).toMatchObject({ kind: "problem", code: "observation.value" });
});

test("what the gate signed is its own, before and after its outcome, and the log says nothing of it", async () => {
  const said = await approvedMint(place);
  const signed = await place.sign(requestIdOf(said));
  if (signed.kind !== "signed") throw new Error(signed.kind);
  const { txHash, nonce } = signed;
  expect(await told({ txHash })).toMatchObject({ kind: "problem", code: "observation.unknown-subject" });
  const outcome = outcomeText({
    status: "reverted",
    from: deployment.key.account,
    nonce,
    to: parseAddress(goldToken),
    blockNumber: 18,
    logs: [],
  });
  for (const by of ["obs-1", "obs-2"] as const) {
    const fact = { subject: `tx:${txHash}`, fact: "outcome", value: outcome };
    const seen = { blockNumber: 20, blockTime: place.now, overrides: { finalized: true } };
    expect((await place.admit(observation(deployment, by, fact, seen))).kind).toBe("admitted");
  }
  await both({ txHash });
  expect(freezes()).toEqual([]);
  expect((await place.gate.answer({ verb: "health" })).kind).toBe("health");
});

async function lift(): Promise<void> {
  const ids = place.journal
    .freezes()
    .flatMap(({ freezeId, lifted }) => (lifted ? [] : [freezeId]))
    .sort();
  const words = { freezesHash: hash(ids), scope: "asset", target: "GLD", expiresAt: place.now + 600 };
  for (const by of ["otto", "olga"] as const)
    await place.admit(sign(by, deployment.deploymentId, "Unfreeze", words), ids);
  expect(place.journal.freezes().every(({ lifted }) => lifted)).toBe(true);
}

test("a freeze that people lifted stays lifted for the transaction that they looked at, and a further one freezes the asset again", async () => {
  await both();
  await lift();
  await both();
  expect(freezes()).toHaveLength(1);
  await both({ txHash: idOf("a further one") });
  expect(freezes()).toHaveLength(2);
});

test("while it is frozen the token can be paused, by the people who may, and nothing else", async () => {
  await both();
  for (const one of sightings(deployment, { blockNumber: 30, blockTime: place.now - 2 })) await place.admit(one);
  const intent = { operation: "pause", to: `0x${"00".repeat(20)}`, amount: "0", reference: "STOP-1" };
  const said = submission(deployment, { now: place.now, by: "otto", intent });
  expect((await place.admit(said)).kind).toBe("admitted");
  expect((await place.admit(approval(deployment, said, "olga"))).kind).toBe("admitted");
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  const mint = await approvedMint(place);
  expect(await place.sign(requestIdOf(mint))).toMatchObject({ kind: "refused", code: "gate.frozen" });
});

test("it is frozen still when the gate starts again", async () => {
  await both();
  await place.reopen();
  const health = await place.gate.answer({ verb: "health" });
  if (health.kind !== "health") throw new Error(health.kind);
  expect(health.frozen.map(({ reason }) => readStranger(reason)?.txHash)).toEqual([strange]);
});
