/** Days of a whole deployment, each from its seed. */
import { strict as assert } from "node:assert";
import { simulated, type Simulated } from "../simulation/simulated.ts";
import type { Counts, Item, Round } from "./item.ts";

const events = 100;
const perRound = { small: 20, stated: 500 };

async function days({ scale, seed }: Round): Promise<Counts> {
  const half = perRound[scale] / 2;
  const both = await Promise.all([simulated(seed, half, events), simulated(seed + half, half, events)]);
  assert.deepEqual(
    both.map(({ broken }) => broken),
    [undefined, undefined],
  );
  const total = (name: keyof Simulated["counts"]): number => both.reduce((sum, { counts }) => sum + counts[name], 0);
  return {
    seeds: total("seeds"),
    events: total("events"),
    requests: total("requests"),
    "of them final": total("final"),
    kills: total("kills"),
    reorgs: total("reorgs"),
    "nonces closed by a filler": total("fillers"),
  };
}

export const simulationItem: Item = {
  name: "simulation",
  shows:
    "on no simulated day of a hundred events or more, with gates and services killed at their fault points, lost stores, reorgs and clocks that are off, is a request minted twice, signed on two nonces or lost, or a nonce signed for two requests",
  rounds: { small: 1, stated: 20 },
  run: days,
};
