/** Kills at every named point of gate, serve and agent: afterwards every request was minted once, and nothing else was. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDeployment, startAll, type Mint, type Place } from "../place/deployment.ts";
import { accountOf, kills, mintThroughKill } from "../place/kills.ts";

let place: Place;
const minted: Mint[] = [];

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

test("there are at least 25 points to die at", () => {
  expect(kills.length).toBeGreaterThanOrEqual(25);
});

test.each(kills.map((kill, index) => ({ ...kill, round: index + 1 })))(
  "a kill of the $role at $point ($variable) loses and doubles nothing",
  async ({ round, ...kill }) => {
    minted.push(await mintThroughKill(place, kill, round));
  },
);

test("every request is final, each with its own nonce, and the chain shows one mint for each and no other", async () => {
  expect(minted).toHaveLength(kills.length);
  const account = await accountOf(place, minted);
  expect(new Set(account.states)).toEqual(new Set(["final"]));
  expect(account.nonces).toEqual(minted.map((_, index) => index));
  expect(new Set(account.asked).size).toBe(minted.length);
  expect(account.minted).toEqual(account.asked);
  expect(account.totalSupply).toBe(account.asked.reduce((sum, one) => sum + one, 0n));
  expect(account.frozen).toEqual([]);
});
