/** One mint while an endpoint lies, and what must hold of it whatever the lie: for the tests and for the evidence. */
import { strict as assert } from "node:assert";
import { parse as parseTransaction } from "../../../src/chain/transaction.ts";
import { entrySchema, type Entry } from "../../../src/log/entry.ts";
import { signedOn } from "../../../src/request/request.ts";
import { isEnd } from "../../../src/request/state.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { bytes32Schema } from "../../../src/values/schema.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { lies } from "../../place/lies.ts";
import { mintsOn, stateOf, type EndpointPlace, type Seat } from "./endpoint-place.ts";

/** Longest that an observation lives, and a little more. */
const lifetimeSeconds = 660;

/** The observer and the endpoint of serve that lie; everybody else is honest and there. */
export async function lieOfOne(place: EndpointPlace, name: string, reference: string): Promise<void> {
  begin(place, name, ["obs-3", "serve-2"]);
  const said = await place.approved(reference);
  await rounds(place, said, 25);
  await expectTruth(place, said, "final");
  assert.equal((await stateOf(place, said)).earlier.length, 0, "it was replaced");
  end(place);
}

/** The lie of the only endpoint that serve has, and of one of the two observers without whom there is no agreement: it may wait, and goes on once the lie is over. */
export async function lieOfAll(place: EndpointPlace, name: string, reference: string): Promise<string> {
  begin(place, name, ["obs-3", "serve-1"]);
  place.looking = ["obs-1", "obs-3"];
  const said = await place.approved(reference);
  await rounds(place, said, 9);
  await expectTruth(place, said);
  const { state } = await stateOf(place, said);
  const told = [...place.told].join(" | ");
  const expected = lies[name]?.told;
  assert.ok(expected === undefined || told.includes(expected), `nobody was told of it: ${told}`);
  end(place);
  await rounds(place, said, 12);
  if (!isEnd((await stateOf(place, said)).state)) await place.jump(lifetimeSeconds);
  await rounds(place, said, 25);
  await expectTruth(place, said, "final");
  return state;
}

function begin(place: EndpointPlace, name: string, seats: readonly Seat[]): void {
  place.told.clear();
  for (const seat of seats) place.liars[seat].lie = lies[name]!.make();
}

function end(place: EndpointPlace): void {
  for (const liar of Object.values(place.liars)) liar.lie = undefined;
}

async function rounds(place: EndpointPlace, said: Envelope, most: number): Promise<void> {
  for (let round = 0; round < most && !isEnd((await stateOf(place, said)).state); round += 1) {
    await place.round();
    await expectTruth(place, said);
  }
}

/** What is called final is on the chain, once, at no more than the ceiling, on the word of two observers or more; nothing else ends it. */
export async function expectTruth(place: EndpointPlace, said: Envelope, wanted?: "final"): Promise<void> {
  const request = await stateOf(place, said);
  const { state, waitsFor, requestId, settled, submission } = request;
  const told = `${state}: ${waitsFor}; ${[...place.told].slice(-8).join(" | ")}`;
  if (wanted !== undefined) assert.equal(state, wanted, told);
  assert.ok(!isEnd(state) || state === "final", `it ended otherwise: ${told}`);
  const ours = signedOn(request);
  for (const { raw } of ours) {
    const { gasLimit, maxFeePerGas, nonce } = parseTransaction(raw).transaction;
    assert.ok(gasLimit * maxFeePerGas <= submission.feeCeilingWei, "a fee is above the ceiling");
    assert.equal(nonce, request.nonce);
  }
  const mints = (await mintsOn(place.chain)).filter(({ txHash }) => ours.some((one) => one.txHash === txHash));
  assert.ok(mints.length <= 1, "it was minted twice");
  if (state === "final") {
    assert.deepEqual(mints, [{ amount: submission.amount, txHash: settled?.txHash }], told);
    await expectObservers(place, requestId);
  }
}

/** The statements under each fact that the gate used come of two observers or more. */
async function expectObservers({ serve: { store } }: EndpointPlace, requestId: Bytes32): Promise<void> {
  const entries = (await store.leavesAbout([requestId])).map(({ leaf }): Entry => entrySchema.parse(JSON.parse(leaf)));
  const used = entries.flatMap((entry) => {
    if (entry.kind === "outcome") return [entry.statements];
    return entry.kind === "allocation" ? Object.values(entry.facts.observed).map(({ statements }) => statements) : [];
  });
  assert.ok(used.length >= 6, "facts of token and account, and the outcome");
  for (const statements of used) {
    const leaves = await store.leavesOfStatements(statements.map((hash) => bytes32Schema.parse(hash)));
    const said = leaves.map(({ leaf }) => entrySchema.parse(JSON.parse(leaf)));
    const observers = new Set(said.map((entry) => (entry.kind === "statement" ? entry.statement.credential : "")));
    assert.ok(observers.size >= 2, "fewer than two observers were counted");
  }
}
