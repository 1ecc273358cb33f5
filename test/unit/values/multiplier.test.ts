/** What a share is, in one spelling, and what grows with it: never less than any contract of shares makes of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { format, growth, parse, riseText, within } from "../../../src/values/multiplier.ts";

describe("a multiplier", () => {
  it("is a decimal number of at most 18 decimals, and is written as it was read", () => {
    for (const text of ["1", "1.0042", "0.000000000000000001", "1234567.5"]) expect(format(parse(text))).toBe(text);
    for (const text of ["", "1,000", "+1", "1.0000000000000000001", "1e3", 1])
      expect(() => parse(text)).toThrow(expect.objectContaining({ name: "InvalidValue" }));
  });

  it.each([
    ["1", "1.0042", "+0.42 %"],
    ["1.0042", "1.0085", "+0.428202 %"],
    ["3", "3.000000000000000001", "+0.000001 %"],
    ["0.000000000000000001", "2", "+199,999,999,999,999,999,900 %"],
  ])("rises from %s to %s by %s", (from, to, text) => {
    expect(riseText({ from: parse(from), to: parse(to) })).toBe(text);
  });

  it("rises by as much as an amount holds where it rises by more", () => {
    expect(riseText({ from: 1n, to: 2n ** 256n - 1n })).toMatch(/^\+115,792,089,/);
  });
});

const share = 10n ** 18n;
const multipliers = fc.bigInt(share / 1_000n, share * 1_000n);

describe("what tokens grow by", () => {
  it("covers whatever a contract makes of shares, and is at most two units more than that", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 40n), multipliers, fc.bigInt(0n, share), (shares, from, rise) => {
        const to = from + rise;
        const [before, after] = [(shares * from) / share, (shares * to) / share];
        const grown = before + growth(before, { from, to });
        expect(grown).toBeGreaterThanOrEqual(after);
        if (rise > 0n) expect(grown - after).toBeLessThanOrEqual(rise / from + 2n);
      }),
    );
  });

  it("is nothing where the multiplier stays or falls", () => {
    expect(growth(1_000n, { from: 2n, to: 2n })).toBe(0n);
    expect(growth(1_000n, { from: 2n, to: 1n })).toBe(0n);
  });

  it("is the same in one step or in several, or less in one", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 30n),
        multipliers,
        fc.bigInt(1n, share),
        fc.bigInt(1n, share),
        (all, from, a, b) => {
          const [middle, to] = [from + a, from + a + b];
          const first = growth(all, { from, to: middle });
          const steps = first + growth(all + first, { from: middle, to });
          expect(growth(all, { from, to })).toBeLessThanOrEqual(steps);
        },
      ),
    );
  });
});

describe("what fits with all it grows by", () => {
  it("is the most that does", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 40n), multipliers, fc.bigInt(-share, share), (room, from, rise) => {
        const step = { from, to: from + rise };
        const most = within(room, step);
        const whole = (tokens: bigint): bigint => tokens + growth(tokens, step);
        if (most > 0n) expect(whole(most)).toBeLessThanOrEqual(room);
        expect(whole(most < 0n ? 0n : most + 1n)).toBeGreaterThan(room);
      }),
    );
  });
});
