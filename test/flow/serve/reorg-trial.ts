/** One mint whose block is undone, so and so deep, and what must hold of it: for the tests and for the evidence. */
import { strict as assert } from "node:assert";
import { signedOn } from "../../../src/request/request.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { stateOf, type EndpointPlace } from "./endpoint-place.ts";
import { expectTruth } from "./lie-trial.ts";

/** Deeper than any block that is undone here. */
export const finality = { kind: "depth", blocks: 64 } as const;

/** The mint is in a block with `depth - 1` others on top, all of which another, longer branch replaces; it has the mint elsewhere, or not. */
export async function undone(place: EndpointPlace, depth: number, elsewhere: boolean): Promise<void> {
  const { chain } = place;
  const said = await place.approved(`REORG-${String(depth)}-${String(elsewhere)}`);
  await until(place, said, "broadcast", false);
  const before = await chain.rpc("evm_snapshot");
  await place.mine(depth);
  await until(place, said, "mined", false);
  const first = await stateOf(place, said);
  const [signed] = signedOn(first);
  assert.ok(signed !== undefined && first.mined !== null);
  assert.equal(first.mined.txHash, signed.txHash);

  await chain.rpc("evm_revert", before);
  await chain.rpc("anvil_dropAllTransactions");
  await place.mine(1);
  if (elsewhere) await chain.rpc("eth_sendRawTransaction", signed.raw);
  await place.mine(depth);
  if (!elsewhere) await until(place, said, "broadcast", false);
  await until(place, said, "mined", true, first.mined.blockHash);
  await place.mine(finality.blocks);
  await until(place, said, "final", true);
  await expectTruth(place, said, "final");
  assert.deepEqual(signedOn(await stateOf(place, said)), [signed], "other bytes were signed");
}

/** `left` is a block in which it must be no more. */
async function until(
  place: EndpointPlace,
  said: Envelope,
  wanted: string,
  mines: boolean,
  left?: string,
): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    const { state, mined } = await stateOf(place, said);
    if (state === wanted && (left === undefined || mined?.blockHash !== left)) return;
    await place.round(mines);
    await expectTruth(place, said);
  }
  const { state, waitsFor } = await stateOf(place, said);
  assert.fail(`it is ${state}, not ${wanted}: ${waitsFor}`);
}
