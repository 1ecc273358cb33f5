/** The engine beside the reference that knows nothing of it, at the scale of every day; `npm run evidence` does the stated counts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { differential, tooSeldom } from "../../reference/differential.ts";

const cases = 5_000;
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);

it(`agrees with the reference on ${String(cases)} random cases, seed ${String(seed)}, and every kind of clause decides`, () => {
  const tally = differential(cases, seed);
  expect(tooSeldom(tally)).toEqual([]);
}, 300_000);

it("says so when a kind of clause decides too seldom, when policies are none, and when too little is allowed", () => {
  const tally = { cases: 100_000, simplified: 5_001, allowed: 19_999, decided: new Map([["price" as const, 499]]) };
  expect(tooSeldom(tally)).toEqual([
    "price decided 499 of 100000 cases, fewer than 500",
    "5001 of 100000 policies do not compile, more than one in twenty",
    "19999 of 100000 cases are allowed, fewer than one in five",
  ]);
});

it("leaves a few cases to chance, and none of a kind that never decides", () => {
  const few = { cases: 5_000, simplified: 0, allowed: 1_500 };
  expect(tooSeldom({ ...few, decided: new Map([["price" as const, 10]]) })).toEqual([]);
  expect(tooSeldom({ ...few, decided: new Map([["price" as const, 9]]) })).toEqual([
    "price decided 9 of 5000 cases, fewer than 10",
  ]);
});
