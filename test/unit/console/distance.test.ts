/** How far a moment is away, in words. */
import { expect, it } from "vitest";
import { distance } from "../../../src/console/distance.ts";

it.each([
  [0, "now"],
  [1, "in 1 second"],
  [-59, "59 seconds ago"],
  [60, "in 1 minute"],
  [-3_599, "59 minutes ago"],
  [7_200, "in 2 hours"],
  [-86_400, "1 day ago"],
  [8 * 86_400, "in 8 days"],
])("%s seconds", (seconds, text) => {
  expect(distance(1_000_000 + seconds, 1_000_000)).toBe(text);
});
