/** Typed values are written as the JSON they were read from. */
import { expect, it } from "vitest";
import { z } from "zod";
import { amountSchema } from "../../../src/values/schema.ts";
import { toWire } from "../../../src/values/wire.ts";

it("writes amounts as text and leaves absent fields out, at every depth", () => {
  expect(toWire({ a: 1n, b: [2n, { c: undefined, d: null }], e: true, f: 3, g: "x" })).toEqual({
    a: "1",
    b: ["2", { d: null }],
    e: true,
    f: 3,
    g: "x",
  });
  expect(Object.keys(toWire({ a: undefined }) as object)).toEqual([]);
});

it("is the inverse of reading", () => {
  const schema = z.strictObject({ amounts: z.array(amountSchema), note: z.string().optional() });
  const wire = { amounts: ["0", (2n ** 256n - 1n).toString()] };
  expect(toWire(schema.parse(wire))).toEqual(wire);
});
