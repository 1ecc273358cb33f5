/** A few cases beside the reference: what a changed place of the engine is given to be noticed by, where thousands would take too long. */
import { expect, it } from "vitest";
import { differential } from "../reference/differential.ts";

const cases = 400;

it(`agrees with the reference on the same ${String(cases)} random cases each time`, () => {
  expect(differential(cases, 1).cases).toBe(cases);
});
