/** The countries that pages know are those of the table. */
import { expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as lean from "../../scripts/lean-country-table.js";
import { table } from "../../src/values/country-table.ts";

test("pages know every country by its letters and number, and none besides", () => {
  const { table: steps } = lean as { readonly table: readonly string[] };
  const words = table.join(" ").split(" ");
  expect(words).toHaveLength(249);
  expect([...steps].sort()).toEqual(words);
});
