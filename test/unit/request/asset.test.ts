/** The form of an asset's page: what is read of it, and what is no such page. */
import { expect, test } from "vitest";
import { assetViewSchema } from "../../../src/request/asset.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldView, goldWire } from "../../place/asset-view.ts";

test("is read with its amounts as numbers, and written as it came", () => {
  const view = assetViewSchema.parse(goldWire);
  expect(view.headroom).toBe(500n);
  expect(toWire(view)).toEqual(goldWire);
});

test("takes null where nobody knows", () => {
  const unknown = goldView({
    supply: null,
    headroom: null,
    band: "unknown",
    limits: null,
    lastAudit: null,
    frozen: null,
  });
  expect(unknown).toMatchObject({ supply: null, headroom: null, limits: null, lastAudit: null, frozen: null });
});

test("refuses what it does not know, and a band there is none of", () => {
  expect(assetViewSchema.safeParse({ ...goldWire, colour: "gold" }).success).toBe(false);
  expect(assetViewSchema.safeParse({ ...goldWire, band: "fine" }).success).toBe(false);
  expect(assetViewSchema.safeParse({ ...goldWire, minting: "-1" }).success).toBe(false);
});
