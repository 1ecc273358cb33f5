/** Answers from sums: what counts, and the first instant with room, against every instant tried one by one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelOf, measure, type Sums } from "../../../../src/policy/decide/measure.ts";
import type { UsageQuestion } from "../../../../src/policy/decide/usage.ts";
import type { Instant } from "../../../../src/values/instant.ts";

type Event = { readonly at: number; readonly value: bigint };

const now = 1_000 as Instant;
const window = 100;

function sumsOf(added: readonly Event[], removed: readonly Event[]): Sums {
  const after = (events: readonly Event[], since: number) => {
    const some = events.filter(({ at }) => at > since);
    return { sum: some.reduce((all, { value }) => all + value, 0n), count: some.length };
  };
  return { added: (since) => after(added, since), removed: (since) => after(removed, since) };
}

function question(fields: Partial<UsageQuestion> = {}): UsageQuestion {
  const counted = { kind: "amounts", asset: "GLD", operations: ["mint"], per: "asset", of: "GLD" } as const;
  return {
    key: "limit.l",
    metric: "sum",
    added: counted,
    removed: undefined,
    since: now - window,
    ends: { kind: "rolling", seconds: window },
    asked: 10n,
    max: 100n,
    ...fields,
  };
}

describe("an answer", () => {
  const three = [
    { at: 900, value: 500n },
    { at: 901, value: 60n },
    { at: 950, value: 30n },
    { at: 1_000, value: 10n },
  ];

  it("counts what is after the window's edge, and not what is at it", () => {
    expect(measure(question({ max: 110n }), sumsOf(three, []), now)).toEqual({
      added: 100n,
      removed: 0n,
      count: 3,
      roomAt: null,
    });
  });

  it("names the first instant with room", () => {
    expect(measure(question(), sumsOf(three, []), now).roomAt).toBe(1_001);
    expect(measure(question({ asked: 61n }), sumsOf(three, []), now).roomAt).toBe(1_050);
    expect(measure(question({ asked: 91n }), sumsOf(three, []), now).roomAt).toBe(1_100);
    expect(measure(question({ metric: "count", asked: 1n, max: 3n }), sumsOf(three, []), now).roomAt).toBe(1_001);
    expect(measure(question({ metric: "count", asked: 1n, max: 2n }), sumsOf(three, []), now).roomAt).toBe(1_050);
  });

  it("names none when it fits, when it never will, or when nobody knows the maximum", () => {
    for (const fields of [{ max: 110n }, { asked: 101n }, { max: undefined }])
      expect(measure(question(fields), sumsOf(three, []), now).roomAt).toBeNull();
  });

  it("of a calendar window names its end", () => {
    const ends = { kind: "calendar", at: 1_234 as Instant } as const;
    expect(measure(question({ ends }), sumsOf(three, []), now).roomAt).toBe(1_234);
    expect(measure(question({ ends, max: 110n }), sumsOf(three, []), now).roomAt).toBeNull();
  });

  it("says 0 of the sum of a count, for it counts for nothing", () => {
    expect(measure(question({ metric: "count" }), sumsOf(three, []), now)).toMatchObject({ added: 0n, count: 3 });
  });

  it("asks for nothing that was removed where nothing is taken off", () => {
    const removed = (): never => {
      throw new Error("asked");
    };
    expect(measure(question(), { ...sumsOf(three, []), removed }, now).roomAt).toBe(1_001);
  });

  it("names none when something was counted later than now, which no sound clock shows", () => {
    expect(measure(question(), sumsOf([{ at: 1_050, value: 95n }], []), now).roomAt).toBeNull();
  });

  it("is found in few questions over a window of years", () => {
    const years = 100_000_000;
    const late = (years * 12) as Instant;
    const events = Array.from({ length: 400 }, (_, index) => ({ at: late - years + 1 + index * 1_000, value: 1n }));
    let asked = 0;
    const sums = sumsOf(events, []);
    const counted: Sums = {
      added: (since) => {
        asked += 1;
        return sums.added(since);
      },
      removed: sums.removed,
    };
    const wide = question({ since: late - years, ends: { kind: "rolling", seconds: years }, asked: 1n, max: 300n });
    // The hundred and first of them must have gone.
    expect(measure(wide, counted, late).roomAt).toBe(late + 1 + 100 * 1_000);
    expect(asked).toBeLessThan(80);
  });

  it("is looked for only so long where both sides of a net fall together", () => {
    const span = 100_000;
    const end = 1_000_000 as Instant;
    let asked = 0;
    const left = (since: number): bigint => BigInt(Math.max(0, end - since));
    const sums: Sums = {
      added: (since) => {
        asked += 1;
        return { sum: since < end ? left(since) + 5n : 0n, count: 1 };
      },
      removed: (since) => ({ sum: left(since), count: 1 }),
    };
    const net = question({
      metric: "net",
      removed: question().added,
      since: end - span,
      ends: { kind: "rolling", seconds: span },
      asked: 1n,
      max: 5n,
    });
    expect(measure(net, sums, end).roomAt).toBe(end + span);
    expect(asked).toBeGreaterThan(2_000);
    expect(asked).toBeLessThan(4_100);
  });

  it("takes off what was removed only where the question says so", () => {
    const burned = [{ at: 960, value: 40n }];
    expect(measure(question(), sumsOf(three, burned), now).removed).toBe(0n);
    const net = question({ metric: "net", removed: question().added, max: 69n });
    expect(measure(net, sumsOf(three, burned), now)).toMatchObject({ added: 100n, removed: 40n, count: 3 });
  });
});

it("a net falls below 0 where more was removed", () => {
  expect(levelOf("net", { added: 5n, removed: 8n, count: 2 })).toBe(-3n);
  expect(levelOf("sum", { added: 5n, removed: 8n, count: 2 })).toBe(5n);
  expect(levelOf("count", { added: 5n, removed: 8n, count: 2 })).toBe(2n);
});

it("the instant with room is the first one, whatever was added and removed when", () => {
  const events = fc.array(
    fc.record({ at: fc.integer({ min: 880, max: 1_000 }), value: fc.bigInt({ min: 0n, max: 9n }) }),
    { maxLength: 12 },
  );
  let full = 0;
  fc.assert(
    fc.property(
      events,
      events,
      fc.constantFrom("sum" as const, "net" as const, "count" as const),
      fc.bigInt({ min: 0n, max: 20n }),
      (added, removed, metric, max) => {
        const asked = question({ metric, asked: 1n, max, removed: metric === "net" ? question().added : undefined });
        const sums = sumsOf(added, removed);
        const fits = (at: number): boolean =>
          levelOf(metric, measure({ ...asked, since: at - window, max: undefined }, sums, now)) + 1n <= max;
        const later = Array.from({ length: window + 1 }, (_, index) => now + index).find(fits);
        const expected = later === undefined || later === now || max < 1n ? null : later;
        if (expected !== null) full += 1;
        expect(measure(asked, sums, now).roomAt).toBe(expected);
      },
    ),
    { numRuns: 3_000 },
  );
  expect(full).toBeGreaterThan(500);
});
