/** Shares are never rounded to nothing, nor to a whole that they are not. */
import { expect, it } from "vitest";
import { shareOf } from "../../../src/console/share.ts";

it.each<[bigint, bigint, string | undefined]>([
  [0n, 10n, "0 %"],
  [1n, 10n, "10 %"],
  [1n, 8n, "12.5 %"],
  [1n, 3n, "about 33.3 %"],
  [999_999n, 1_000_000n, "about 99.9 %"],
  [1n, 1_000_000n, "less than 0.1 %"],
  [10n, 10n, "100 %"],
  [30n, 10n, "300 %"],
  [1n, 0n, undefined],
])("%s of %s", (part, whole, text) => {
  expect(shareOf(part, whole)).toBe(text);
});
