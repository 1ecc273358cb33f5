/** A distribution to two hundred holders: the parts are the pool to the last unit, a killed run goes on, two people say one word each, and everybody is paid once. */
import { expect, test } from "vitest";
import { yieldTrial } from "./yield-trial.ts";

const holders = 200;

test("everybody who held it is paid their part once, though the run that asked was killed", async () => {
  const counts = await yieldTrial({ holders, killedAfter: 66 });
  // Two may not have theirs, and the escrow has it.
  expect(counts).toEqual({ parts: holders - 1, mined: holders - 1, runs: 3 });
}, 300_000);
