/** Kills at every named point of gate, serve, witness and agent, while people mint, under each store: afterwards every request was minted once, and nothing else was. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDeployment, startAll, type Mint, type Place } from "../place/deployment.ts";
import { accountOf, kill, kills } from "../place/kills.ts";
import { mintOn } from "../place/load.ts";
import { startPostgres, type Postgres } from "../place/postgres.ts";
import { reshape, shapeName, shapes } from "../place/shape.ts";

let place: Place;
let postgres: Postgres;
let over = false;
/** Six or more processes on however busy a machine. */
const patience = { timeout: 240_000 };
let minting: Promise<readonly Mint[]>;

beforeAll(async () => {
  [place, postgres] = await Promise.all([openDeployment(), startPostgres()]);
  await startAll(place);
  minting = mintOn(place, { atOnce: 4, over: () => over });
  minting.catch(() => undefined);
}, 300_000);
afterAll(async () => {
  over = true;
  await place.close();
  await postgres.stop();
});

test("there are at least 30 points to die at", () => {
  expect(kills.length).toBeGreaterThanOrEqual(30);
});

describe.each(shapes.map((shape, turn) => ({ shape, turn, name: shapeName(shape) })))("on $name", ({ shape, turn }) => {
  const here = kills.filter((_, index) => index % shapes.length === turn);

  beforeAll(async () => {
    if (turn > 0) await reshape(place, shape, postgres.freshUrl);
  }, patience.timeout);

  test.each(here)("a kill of $who at $point is passed and answered by a start", patience, async (one) => {
    await Promise.race([kill(place, one), minting]);
  });
});

test(
  "every request is final, each with its own nonce, and the chain shows one mint for each and no other",
  patience,
  async () => {
    over = true;
    const minted = await minting;
    expect(minted.length).toBeGreaterThan(shapes.length);
    const account = await accountOf(place, minted);
    expect(new Set(account.states)).toEqual(new Set(["final"]));
    expect(account.nonces).toEqual(minted.map((_, index) => index));
    expect(new Set(account.asked).size).toBe(minted.length);
    expect(account.minted).toEqual(account.asked);
    expect(account.totalSupply).toBe(account.asked.reduce((sum, one) => sum + one, 0n));
    expect(account.frozen).toEqual([]);
  },
);
