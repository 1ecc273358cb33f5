/** One seed: a world, so many events, its end. The same seed gives the same trace. */
import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { chance } from "../evidence/chance.ts";
import { ask } from "./asking.ts";
import type { Tally } from "./account.ts";
import { Day } from "./day.ts";
import { deeds } from "./deeds.ts";
import { drain, settle } from "./evening.ts";
import { factorOf, type Mood } from "./moods.ts";
import { deedsOf } from "./succession.ts";

export type Counts = Readonly<Record<Tally | "seeds", number>>;

export type Outcome = {
  readonly seed: number;
  readonly mood: Mood;
  readonly counts: Counts;
  /** What was broken; nothing when all held. */
  readonly broken: string | undefined;
  /** Hash of everything that happened, in its order. */
  readonly trace: string;
  readonly last: readonly string[];
};

const shown = 30;

export async function simulate(seed: number, events: number, asked?: Mood): Promise<Outcome> {
  const day = await Day.begin(chance(seed), asked);
  let broken: string | undefined;
  try {
    await live(day, events);
  } catch (error) {
    broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    await day.world.close();
  }
  const { mood, trace } = day;
  const digest = createHash("sha256").update(trace.join("\n")).digest("hex");
  return { seed, mood, counts: { ...day.counts, seeds: 1 }, broken, trace: digest, last: trace.slice(-shown) };
}

async function live(day: Day, events: number): Promise<void> {
  const { world, counts, asked } = day;
  world.attest();
  for (let count = 0; count < 3; count += 1) ask(day);
  world.observe(true);
  await drain(day);
  for (let event = 0; event < events; event += 1) await happen(day);
  await settle(day);
  assert.ok(counts.events >= events, "a day has its events");
  counts.released = day.watch.releases.size;
  counts.requests = asked.filter(({ isTaken }) => isTaken).length;
  counts.final = (await world.service.requests()).filter(({ state }) => state === "final").length;
  const closed = world.token.signed.filter(({ amount }) => amount === undefined);
  counts.fillers = new Set(closed.map(({ nonce }) => nonce)).size;
}

/** One event, chosen by its weight. */
async function happen(day: Day): Promise<void> {
  const all = [...deeds, ...deedsOf(day.mood)];
  const weighed = all.map(([weight, name, deed]) => ({ weight: weight * factorOf(day.mood, name), name, deed }));
  let at = day.chance(Math.floor(weighed.reduce((sum, { weight }) => sum + weight, 0)));
  const chosen = weighed.find(({ weight }) => {
    at -= weight;
    return at < 0;
  });
  if (chosen === undefined) return;
  day.count("events");
  if (chosen.name !== "") day.trace.push(chosen.name);
  await chosen.deed(day);
  await day.world.schedule.quiet();
  day.watch.always();
}
