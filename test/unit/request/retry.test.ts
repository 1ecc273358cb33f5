/** When a duty is tried again. */
import { describe, expect, it } from "vitest";
import { delaySeconds, longestSeconds, retryAt } from "../../../src/request/retry.ts";
import { states } from "../../../src/request/state.ts";
import { noon } from "./sample.ts";

describe("the distance between two tries", () => {
  it("begins with a second, never shrinks and stays bounded", () => {
    for (const state of states) {
      expect(delaySeconds(state, 1)).toBe(1);
      for (let n = 1; n < 40; n += 1) expect(delaySeconds(state, n + 1)).toBeGreaterThanOrEqual(delaySeconds(state, n));
      expect(delaySeconds(state, 1_000_000)).toBeLessThanOrEqual(30);
    }
  });

  it("is at most what its state allows", () => {
    for (const [state, most] of Object.entries(longestSeconds)) {
      expect(delaySeconds(state as keyof typeof longestSeconds, 99)).toBe(most);
    }
  });

  it("is added to now", () => {
    expect(retryAt("pending", 99, noon)).toBe(noon + 30);
  });
});
