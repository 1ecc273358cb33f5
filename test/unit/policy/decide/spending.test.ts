/** Sums over rolling windows, and the first instant with room. */
import { expect, it } from "vitest";
import { counted, roomAt, roomText, total } from "../../../../src/policy/decide/spending.ts";
import { instantSchema } from "../../../../src/values/schema.ts";
import { spendSchema } from "../../../../src/policy/facts.ts";
import { now, spend } from "../example.ts";

const at = (seconds: number, value: bigint): { at: ReturnType<typeof instantSchema.parse>; value: bigint } => ({
  at: instantSchema.parse(seconds),
  value,
});
const present = instantSchema.parse(now);

it("a spend counts for the whole window and not at its end", () => {
  const spends = [now - 100, now - 99, now, now + 5].map((when) => spendSchema.parse(spend({ at: when })));
  expect(counted(spends, present, 100).map((one) => one.at)).toEqual([now - 99, now, now + 5]);
  expect(total([at(1, 2n), at(2, 3n)])).toBe(5n);
});

it("room comes when enough of the oldest has passed, in any order of the spends", () => {
  const spends = [at(300, 10n), at(100, 40n), at(200, 30n)];
  expect(roomAt(spends, 1_000, { asked: 60n, max: 100n })).toBe(1_100);
  expect(roomAt(spends, 1_000, { asked: 61n, max: 100n })).toBe(1_200);
  expect(roomAt(spends, 1_000, { asked: 100n, max: 100n })).toBe(1_300);
  expect(roomAt(spends, 1_000, { asked: 101n, max: 100n })).toBeUndefined();
});

it("the words say when, that it never fits, or nothing", () => {
  expect(roomText([at(0, 100n)], 60, { asked: 1n, max: 100n })).toBe("; room from 1970-01-01T00:01:00Z");
  expect(roomText([], 60, { asked: 101n, max: 100n })).toBe("; more than the whole");
  expect(roomText([at(0, 99n)], 60, { asked: 1n, max: 100n })).toBe("");
});
