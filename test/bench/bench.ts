/**
 * `npm run bench [-- --all] [-- NAME…]`: how long people wait and how fast it decides and signs, each figure beside a reference
 * of the same run; with names only those parts. Exit 1 when a demand is missed. `--all` times `npm test` too, writes a past of a million requests and watches memory for half an hour: hours.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { loadNow, machine } from "../place/machine.ts";
import { measureCommands, measureStories } from "./commands.ts";
import { measureDeciding } from "./deciding.ts";
import { table, type Figure } from "./figure.ts";
import { measureFlow } from "./flow.ts";
import { measureKeys } from "./keys.ts";
import { measureMemory } from "./memory.ts";
import { measureMinting } from "./minting.ts";
import { measurePages } from "./pages.ts";
import { measurePast } from "./past.ts";
import { measurePolicy } from "./policy.ts";
import { measureRecovery } from "./recovery.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "boolean", default: false } },
});

/** One part after the other, so that none measures another. */
const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  stories: measureStories,
  policy: measurePolicy,
  deciding: measureDeciding,
  keys: measureKeys,
  minting: measureMinting,
  flow: measureFlow,
  recovery: () => measureRecovery(),
  past: () => measurePast(values.all),
  memory: () => measureMemory(values.all),
  pages: measurePages,
  commands: () => measureCommands(values.all),
};

const strangers = positionals.filter((name) => !Object.hasOwn(parts, name));
if (strangers.length > 0) throw new Error(`\`${strangers.join(" ")}\` is none of ${Object.keys(parts).join(", ")}`);

const loads = [loadNow()];
say(machine());
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  say(`measuring ${name} …`);
  figures.push(...(await measure()));
  loads.push(loadNow());
}
say("");
say(table(figures));
say("");
const cores = availableParallelism();
if (loads[0]! > cores / 2)
  say(
    `load average ${loads.map((load) => load.toFixed(1)).join(", ")} on ${String(cores)} cores: others use this machine, so durations are pessimistic`,
  );
const missed = figures.filter((figure) => figure.missed);
say(missed.length === 0 ? "every demand is met" : `missed: ${missed.map(({ name }) => name).join("; ")}`);
process.exitCode = missed.length === 0 ? 0 : 1;
