/** Blocks that are undone, on a real chain: mined is taken back, the same bytes go out again, and credit comes at finality alone; every depth is tried by the evidence. */
import { afterAll, beforeAll, it } from "vitest";
import { openEndpointPlace, type EndpointPlace } from "./endpoint-place.ts";
import { finality, undone } from "./reorg-trial.ts";

let place: EndpointPlace;

beforeAll(async () => {
  place = await openEndpointPlace({ endpoints: 1, finality });
});

afterAll(async () => {
  await place.close();
});

it.each([
  [1, true],
  [1, false],
  [12, true],
  [64, true],
  [64, false],
])(
  "a mint %i deep that is undone is had once in the end (in another block by itself: %s)",
  async (depth, elsewhere) => {
    await undone(place, depth, elsewhere);
  },
);
