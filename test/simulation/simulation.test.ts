/** Random days of a whole deployment, each from its seed: kills, lost stores, reorgs, odd clocks and endpoints, and never a double mint or a lost request. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { simulate } from "./simulate.ts";
import { simulated, type Simulated } from "./simulated.ts";

const seeds = 200;
const events = 100;
const first = Math.abs(fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31));

it(`holds every invariant in ${String(seeds)} simulated days from seed ${String(first)}`, async () => {
  const [one, other] = await Promise.all([
    simulated(first, seeds / 2, events),
    simulated(first + seeds / 2, seeds / 2, events),
  ]);
  expect([one.broken, other.broken]).toEqual([undefined, undefined]);
  const total = (name: keyof Simulated["counts"]): number => one.counts[name] + other.counts[name];
  expect(total("seeds")).toBe(seeds);
  // A day on which nothing happens shows nothing.
  for (const name of ["kills", "reorgs", "final"] as const) expect(total(name), name).toBeGreaterThan(seeds / 2);
  expect(total("final") * 4).toBeGreaterThan(total("requests"));
  expect(total("fillers")).toBeGreaterThan(seeds / 10);
}, 900_000);

it("tells the same day of the same seed", async () => {
  const [one, again, other] = [await simulate(7, events), await simulate(7, events), await simulate(8, events)];
  expect(again).toEqual(one);
  expect(other.trace).not.toBe(one.trace);
});
