/** Days of a whole deployment, each from its seed; and the days that are broken when a safeguard is gone. */
import { strict as assert } from "node:assert";
import { withoutIt } from "../simulation/planted.ts";
import { safeguards } from "../simulation/safeguards.ts";
import { simulated, type Simulated } from "../simulation/simulated.ts";
import { flows, type Counts, type Item, type Round } from "./item.ts";

const events = 100;
const perRound = { small: 20, stated: 500 };
const mostDays = 400;

async function days({ scale, seed, say }: Round): Promise<Counts> {
  const count = perRound[scale] / 2;
  const both = await Promise.all([
    simulated({ first: seed, count, events }),
    simulated({ first: seed + count, count, events }),
  ]);
  assert.deepEqual(
    both.map(({ broken }) => broken),
    [undefined, undefined],
  );
  for (const { trace } of both) say(`trace ${trace}`);
  const total = (name: keyof Simulated["counts"]): number => both.reduce((sum, { counts }) => sum + counts[name], 0);
  assert.ok(total("events") >= total("seeds") * events, "a day has its events");
  return {
    seeds: total("seeds"),
    events: total("events"),
    requests: total("requests"),
    "of them final": total("final"),
    kills: total("kills"),
    reorgs: total("reorgs"),
    "journals put back": total("put back"),
    "twins of a gate": total("twins"),
    "replicas halted past their leases": total("halted"),
    "full disks": total("full disks"),
    "nonces used by a stranger": total("strangers"),
    "nonces closed by a filler": total("fillers"),
  };
}

export const simulationItem: Item = {
  name: "simulation",
  shows:
    "on no simulated day of a hundred events or more, with gates, services and the witness killed at their points, journals put back or run twice, halted replicas, lost stores, full disks, lying observers, reorgs and clocks that are off, is a request minted twice, signed on two nonces or lost, or a nonce signed for two requests",
  rounds: { small: 1, stated: 20 },
  reads: flows,
  run: days,
};

/** Without each safeguard in turn; from days that nobody chose. */
async function removals({ seed, say }: Round): Promise<Counts> {
  const found: [string, number][] = [];
  for (const safeguard of safeguards) {
    const { broken } = await withoutIt(safeguard, { first: seed, count: mostDays, events });
    const { name, breaks } = safeguard;
    assert.ok(
      broken?.broken !== undefined,
      `${name} is gone, and ${String(mostDays)} days from ${String(seed)} are whole`,
    );
    const said = broken.broken;
    assert.ok(
      breaks.some((sentence) => said.includes(sentence)),
      `${name}: ${said}`,
    );
    say(`${name}: broken by seed ${String(broken.seed)}, ${said.split("\n")[0] ?? ""}`);
    found.push([`days without: ${name}`, broken.seed - seed + 1]);
  }
  return { "safeguards taken away and missed": found.length, ...Object.fromEntries(found) };
}

export const safeguardItem: Item = {
  name: "safeguards",
  shows: `each safeguard (unique constraint, persist before sign, same bytes, fence, witness, high-water mark), taken out of a copy of the source with those that stand behind it, is missed by the simulator within ${String(mostDays)} days`,
  rounds: { small: 1, stated: 5 },
  reads: flows,
  run: removals,
};
