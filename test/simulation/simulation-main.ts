/** `simulation-main FIRST COUNT EVENTS [MOOD]`: simulates that many seeds, and answers with one line of what it counted, the hash of what happened, and the first seed that broke something. */
import { createHash } from "node:crypto";
import { tallies } from "./account.ts";
import { readMood } from "./moods.ts";
import { simulate, type Counts, type Outcome } from "./simulate.ts";
import type { Simulated } from "./simulated.ts";

const [first = 0, count = 1, events = 100] = process.argv.slice(2, 5).map(Number);
const mood = readMood(process.argv[5]);

const names = ["seeds", ...tallies] as const;
const sum = Object.fromEntries(names.map((name) => [name, 0])) as Record<keyof Counts, number>;
const traces = createHash("sha256");
let broken: Outcome | undefined;
for (let seed = first; seed < first + count && broken === undefined; seed += 1) {
  const outcome = await simulate(seed, events, mood);
  traces.update(outcome.trace);
  if (outcome.broken !== undefined) broken = outcome;
  for (const name of names) sum[name] += outcome.counts[name];
}
const said: Simulated = { counts: sum, trace: traces.digest("hex"), ...(broken === undefined ? {} : { broken }) };
process.stdout.write(`${JSON.stringify(said)}\n`);
