/** One seed: a world, so many events, its end. The same seed gives the same trace. */
import { createHash } from "node:crypto";
import { chance } from "../evidence/chance.ts";
import { Story, type Counts } from "./story.ts";
import { World } from "./world.ts";

export type Outcome = {
  readonly seed: number;
  readonly counts: Counts | undefined;
  /** What was broken; nothing when all held. */
  readonly broken: string | undefined;
  /** Hash of everything that happened, in its order. */
  readonly trace: string;
  readonly last: readonly string[];
};

const shown = 30;

export async function simulate(seed: number, events: number): Promise<Outcome> {
  const draw = chance(seed);
  const world = await World.open(1 + draw(3), draw);
  const story = new Story(world, draw);
  let counts: Counts | undefined;
  let broken: string | undefined;
  try {
    story.begin();
    for (let event = 0; event < events; event += 1) await story.happen();
    counts = await story.settle();
  } catch (error) {
    broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    await world.close();
  }
  const trace = createHash("sha256").update(story.trace.join("\n")).digest("hex");
  return { seed, counts, broken, trace, last: story.trace.slice(-shown) };
}
