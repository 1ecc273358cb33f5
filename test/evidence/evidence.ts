/**
 * `npm run evidence [-- --small] [-- --seed N] [-- NAME…]`: runs every stated count, goes on where it was interrupted, and writes
 * docs/evidence.md. Exit 1 when something does not hold.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { atOnceItem, killItem } from "./crash.ts";
import { chaosItem } from "./chaos.ts";
import { seedOf } from "./chance.ts";
import { distributionItem } from "./distribution.ts";
import { lieItem, reorgItem } from "./endpoints.ts";
import { laneItem } from "./lane.ts";
import { readsOf, type Item, type Scale } from "./item.ts";
import { loadNow, machine } from "../place/machine.ts";
import { mutantItem } from "./mutants.ts";
import { mutationItem } from "./mutations.ts";
import { formatPage, totals, verdictOf } from "./page.ts";
import { referenceItem, withheldItem } from "./policy.ts";
import { safeguardItem, simulationItem } from "./simulation.ts";
import { gateSignatureItem, signatureItem } from "./signatures.ts";
import { openState, readSource, saveState, type Source, type State } from "./state.ts";
import { hostileItem, lawItem, namingItem } from "./suites.ts";

const chaosKills = 30;
const items: readonly Item[] = [
  ...[signatureItem, gateSignatureItem, atOnceItem, mutationItem, namingItem, hostileItem, killItem],
  ...[lieItem, reorgItem, chaosItem(chaosKills), laneItem, simulationItem, safeguardItem, lawItem],
  ...[mutantItem, referenceItem, withheldItem, distributionItem],
];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs the rounds that are missing; a failure ends the item and is remembered. */
async function runItem(item: Item, state: State, scale: Scale, source: Source, keep: () => void): Promise<void> {
  const done = (state.rounds[item.name] ??= []);
  Reflect.deleteProperty(state.failures, item.name);
  for (let number = done.length + 1; number <= item.rounds[scale]; number += 1) {
    const seed = seedOf(state.seed, item.name, number);
    const load = loadNow();
    const began = performance.now();
    say(`== ${item.name}, round ${String(number)} of ${String(item.rounds[scale])}, seed ${String(seed)}`);
    try {
      const counts = await item.run({
        ...{ number, scale, seed },
        say: (sentence) => {
          say(`   ${sentence}`);
        },
      });
      const ms = performance.now() - began;
      const endedAt = new Date().toISOString();
      done.push({
        number,
        source: source.hash(readsOf(item)),
        seed,
        counts,
        ms,
        commit: source.commit,
        machine: machine(),
        load,
        endedAt,
      });
      keep();
      say(`   ${totals([done.at(-1)!])}: ${(ms / 1_000).toFixed(1)} s`);
    } catch (error) {
      state.failures[item.name] = error instanceof Error ? error.message : String(error);
      keep();
      say(`   FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return;
    }
  }
}

async function evidence(chosen: readonly Item[], scale: Scale, seed: number): Promise<number> {
  const source = readSource();
  const state = openState(scale, source, items, seed);
  say(`evidence for src/ ${source.tree}, seed ${String(state.seed)}, ${scale} counts; ${machine()}`);
  for (const item of chosen)
    await runItem(item, state, scale, source, () => {
      saveState(scale, state);
    });
  for (const item of chosen)
    say(`${verdictOf(item, state, scale).padEnd(10)} ${item.name}: ${totals(state.rounds[item.name] ?? [])}`);
  if (scale === "stated" && source.committed) {
    writeFileSync("docs/evidence.md", formatPage(items, state, source));
    say("written: docs/evidence.md");
  } else if (scale === "stated") say("src/ has changes that are not committed, so docs/evidence.md was left as it is");
  const failed = chosen.filter((item) => verdictOf(item, state, scale) !== "passed");
  say(`${String(chosen.length - failed.length)} passed, ${String(failed.length)} failed`);
  return failed.length === 0 ? 0 : 1;
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,10}$/.test(text)) throw new Error(`\`${text}\` is not a whole number`);
  return Number(text);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: "boolean", default: false },
    seed: { type: "string", default: String(randomBytes(4).readUInt32BE()) },
  },
});
const scale: Scale = values.small ? "small" : "stated";
const seed = wholeNumber(values.seed);
const unknown = positionals.filter((word) => items.every(({ name }) => name !== word));
if (unknown.length > 0)
  throw new Error(`\`${unknown.join(" ")}\` is none of ${items.map(({ name }) => name).join(", ")}`);

const chosen = positionals.length === 0 ? items : items.filter(({ name }) => positionals.includes(name));
process.exitCode = await evidence(chosen, scale, seed);
