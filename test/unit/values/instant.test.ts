/** An instant is whole seconds, and its calendar is the platform's. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidValue } from "../../../src/values/errors.ts";
import { fromIso, parse, plus, toIso } from "../../../src/values/instant.ts";

const last = 253_402_300_799;
const instants = fc.integer({ min: 0, max: last }).map(parse);

describe("an instant", () => {
  it.each([0, 1, last])("is %s seconds", (value) => {
    expect(parse(value)).toBe(value);
  });

  it.each([-1, 0.5, last + 1, 1_700_000_000_000, Number.NaN, Infinity, "1", null, undefined, true])(
    "is not %s",
    (value) => {
      expect(() => parse(value)).toThrow(InvalidValue);
    },
  );

  it("is written as the calendar of the platform writes it, and read back", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(toIso(instant)).toBe(new Date(instant * 1_000).toISOString().replace(".000Z", "Z"));
        expect(fromIso(toIso(instant))).toBe(instant);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(["2024-02-29T00:00:00Z", "2000-02-29T23:59:59Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"])(
    "knows %s",
    (text) => {
      expect(fromIso(text)).toBe(Date.parse(text) / 1_000);
    },
  );

  it.each([
    "2023-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-01-32T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:60Z",
    "1969-12-31T23:59:59Z",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00:00+00:00",
    "2024-01-01 00:00:00Z",
    "2024-1-1T00:00:00Z",
    "",
    "now",
  ])("does not know %s", (text) => {
    expect(() => fromIso(text)).toThrow(InvalidValue);
  });

  it("moves by seconds, within its bounds", () => {
    expect(plus(parse(10), 5)).toBe(15);
    expect(() => plus(parse(last), 1)).toThrow(InvalidValue);
    expect(() => plus(parse(0), -1)).toThrow(InvalidValue);
  });
});
