/** Random days of a whole deployment, each from its seed: whatever goes wrong, never a double mint or a lost request. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { simulated, type Simulated } from "./simulated.ts";

const seeds = 200;
const events = 100;
const first = Math.abs(fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31));

it(`holds every invariant in ${String(seeds)} simulated days from seed ${String(first)}`, async () => {
  const half = { count: seeds / 2, events };
  const [one, other] = await Promise.all([
    simulated({ ...half, first }),
    simulated({ ...half, first: first + seeds / 2 }),
  ]);
  expect([one.broken, other.broken]).toEqual([undefined, undefined]);
  const total = (name: keyof Simulated["counts"]): number => one.counts[name] + other.counts[name];
  expect(total("seeds")).toBe(seeds);
  expect(total("events")).toBeGreaterThanOrEqual(seeds * events);
  // A day on which nothing happens shows nothing.
  for (const name of ["kills", "reorgs", "final"] as const) expect(total(name), name).toBeGreaterThan(seeds / 2);
  for (const name of ["fillers", "put back", "twins", "halted", "full disks", "strangers"] as const)
    expect(total(name), name).toBeGreaterThan(seeds / 40);
  expect(total("final") * 4).toBeGreaterThan(total("requests"));
}, 900_000);

const redeeming = 16;

it(`holds them on ${String(redeeming)} days with redemptions, each burn that is final released once`, async () => {
  const days = await simulated({ first, count: redeeming, events, mood: "redeeming" });
  expect(days.broken).toBeUndefined();
  expect(days.counts.released).toBeGreaterThan(redeeming);
}, 300_000);

const succeeding = 12;

it(`holds them on ${String(succeeding)} days on which gates are lost and followed by others, and come back`, async () => {
  const days = await simulated({ first, count: succeeding, events, mood: "succeeding" });
  expect(days.broken).toBeUndefined();
  expect(days.counts.followed).toBeGreaterThanOrEqual(succeeding);
  expect(days.counts.woken).toBeGreaterThan(0);
}, 300_000);

it.each([378052520, 362383992])(
  "holds them on the day of seed %i, on which two gates differed about a nonce once",
  async (seed) => {
    expect((await simulated({ first: seed, count: 1, events })).broken).toBeUndefined();
  },
  60_000,
);

it.each([
  { seed: 1639541486, mood: "twins", what: "a token answered for a filler whose nonce was used meanwhile" },
  { seed: 1395380111, mood: "estranged", what: "a gate on a copy had a filler signed" },
] as const)(
  "holds them on the day of seed $seed, on which $what",
  async ({ seed, mood }) => {
    expect((await simulated({ first: seed, count: 1, events, mood })).broken).toBeUndefined();
  },
  60_000,
);

it("tells the same day of the same seed, in any process", async () => {
  const of = async (seed: number): Promise<Simulated> => await simulated({ first: seed, count: 1, events });
  const [one, again, other] = [await of(7), await of(7), await of(8)];
  expect(again).toEqual(one);
  expect(other.trace).not.toBe(one.trace);
  console.log(`the trace of seed 7 is ${one.trace}`);
}, 60_000);
