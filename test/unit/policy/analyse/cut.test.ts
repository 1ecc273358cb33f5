/** Intervals cut where something changes. */
import { describe, expect, it } from "vitest";
import { cut, meet } from "../../../../src/policy/analyse/cut.ts";

describe("an interval", () => {
  it("is cut at the edges inside of it, each once and in order", () => {
    expect(cut({ from: 1n, below: 10n }, [7n, 3n, 7n, 1n, 10n, 12n])).toEqual([
      { from: 1n, below: 3n },
      { from: 3n, below: 7n },
      { from: 7n, below: 10n },
    ]);
  });

  it("of nothing has no pieces", () => {
    expect(cut({ from: 5n, below: 5n }, [5n])).toEqual([]);
  });

  it("meets another in what is in both", () => {
    expect(meet({ from: 1n, below: 10n }, { from: 4n, below: 20n })).toEqual({ from: 4n, below: 10n });
    expect(meet({ from: 4n, below: 20n }, { from: 1n, below: 10n })).toEqual({ from: 4n, below: 10n });
    expect(meet({ from: 1n, below: 10n }, undefined)).toEqual({ from: 1n, below: 10n });
  });
});
