/** `simulation-main FIRST COUNT EVENTS`: simulates that many seeds, and answers with one line of what it counted and the first that broke. */
import { simulate, type Outcome } from "./simulate.ts";
import type { Simulated } from "./simulated.ts";
import type { Counts } from "./story.ts";

const [first = 0, count = 1, events = 100] = process.argv.slice(2).map(Number);

let sum: Counts = { seeds: 0, events: 0, requests: 0, final: 0, kills: 0, reorgs: 0, fillers: 0 };
let broken: Outcome | undefined;
for (let seed = first; seed < first + count && broken === undefined; seed += 1) {
  const outcome = await simulate(seed, events);
  if (outcome.broken !== undefined) broken = outcome;
  const { counts } = outcome;
  if (counts === undefined) continue;
  const names = Object.keys(counts) as (keyof Counts)[];
  sum = Object.fromEntries(names.map((name) => [name, sum[name] + counts[name]])) as Counts;
}
const said: Simulated = broken === undefined ? { counts: sum } : { counts: sum, broken };
process.stdout.write(`${JSON.stringify(said)}\n`);
