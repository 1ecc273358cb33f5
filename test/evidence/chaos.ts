/** Random blows while people mint: at named points, and at any moment at any process; afterwards the account of everything. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "../place/deployment.ts";
import { kill, killNow, kills, type Victim } from "../place/kills.ts";
import { shapeName, shapes, type Shape } from "../place/shape.ts";
import { chance } from "./chance.ts";
import { inShape, minting } from "./crash.ts";
import { processes, type Counts, type Item, type Round } from "./item.ts";

type Draw = (bound: number) => number;

/** Any process, at any moment. */
async function killAnytime(place: Place, draw: Draw): Promise<string> {
  await sleep(draw(1_500));
  const victims: readonly Victim[] = [...place.roles(), "agent"];
  const victim = victims[draw(victims.length)] ?? "gate";
  await killNow(place, victim);
  return `killed ${victim}`;
}

/** Two of three at a named point: there a kill meets what it may undo. */
async function blow(place: Place, draw: Draw): Promise<string> {
  const one = kills[draw(kills.length)];
  if (one === undefined || draw(3) === 0) return killAnytime(place, draw);
  await kill(place, one);
  return `killed ${one.who} at ${one.point}`;
}

/** So many kills on a place of one kind; throws with what does not balance, and with the folder where it lies. */
export async function storm(count: number, shape: Shape, { seed, say }: Pick<Round, "seed" | "say">): Promise<Counts> {
  const draw = chance(seed);
  const requests = await inShape(shape, (place) =>
    minting(place, async () => {
      for (let number = 1; number <= count; number += 1)
        say(`${String(number)} of ${String(count)}: ${await blow(place, draw)}`);
    }),
  );
  return { kills: count, requests, mints: requests };
}

/** Of the place, before anything else is drawn. */
export function drawnShape(seed: number): Shape {
  return shapes[chance(seed)(shapes.length)] ?? shapes[0]!;
}

export function chaosItem(count: number): Item {
  return {
    name: "chaos",
    shows:
      "gate, serve, witness, observers and agent killed at random points and random times, on each kind of store in turn, under a steady load of mints: every request is final with a nonce of its own, Mint events equal requests, totalSupply is their sum",
    rounds: { small: 1, stated: shapes.length },
    reads: processes,
    run: async ({ number, scale, seed, say }) => {
      const shape = shapes[(number - 1) % shapes.length]!;
      const counted = await storm(scale === "stated" ? count : 5, shape, { seed, say });
      return { ...counted, [`kills on ${shapeName(shape)}`]: counted["kills"] ?? 0 };
    },
  };
}
