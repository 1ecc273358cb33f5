/** What a simulated day knows of itself: who asked for what, what happened, and how often. */
import { tallies, type Asked, type Tally } from "./account.ts";
import { World, type Chance } from "./world.ts";
import { Watch } from "./invariants.ts";
import { moodOf, type Mood } from "./moods.ts";

export type WeighedDeed = readonly [weight: number, name: string, deed: (day: Day) => void | Promise<void>];

export class Day {
  readonly chance: Chance;
  readonly mood: Mood;
  readonly world: World;
  readonly watch: Watch;
  readonly asked: Asked[] = [];
  readonly trace: string[] = [];
  readonly counts: Record<Tally, number>;

  private constructor(chance: Chance, mood: Mood, world: World, watch: Watch) {
    this.chance = chance;
    this.mood = mood;
    this.world = world;
    this.watch = watch;
    this.counts = Object.fromEntries(tallies.map((name) => [name, 0])) as Record<Tally, number>;
  }

  /** The seed decides about the mood, unless one is asked for. */
  static async begin(chance: Chance, asked?: Mood): Promise<Day> {
    const drawn = moodOf(chance);
    const mood = asked ?? drawn;
    const watch = new Watch();
    const world = await World.open(1 + chance(3), chance, {
      asking: (gate, digest, nonce) => {
        watch.asking(gate, digest, nonce);
      },
      released: (instruction) => {
        watch.released(instruction);
      },
    });
    const day = new Day(chance, mood, world, watch);
    watch.over(day);
    return day;
  }

  count(name: Tally): void {
    this.counts[name] += 1;
  }

  /** Somebody comes to any replica. */
  anywhere(): number {
    return this.chance(this.world.service.replicas);
  }
}
