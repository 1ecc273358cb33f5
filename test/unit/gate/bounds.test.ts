/** The hard bounds a genesis sets for one intent. */
import { expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { boundsOf, dayOf, feesPerDayOf } from "../../../src/gate/bounds.ts";
import { standingFromGenesis } from "../../../src/gate/change.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { goldDeployment, intentOf } from "../../place/gold.ts";

const ceilings = {
  assets: { GLD: { request: "7", day: "8", shareOfSupply: "0.25" } },
  otherAssets: { request: "1", day: "2" },
  keys: { "hsm-mint": { feesPerDayWei: "9" } },
  otherKeys: { feesPerDayWei: "3" },
};
const deployment = goldDeployment({ overrides: { ceilings } });
const standing = standingFromGenesis(checkGenesis(deployment.file, nativeChecks()));
const intent = intentOf(deployment, { now: 1_800_000_000 });

test("an asset and a key that the genesis names have their own ceilings", () => {
  expect(boundsOf(standing, intent)).toMatchObject({
    asset: { request: 7n, day: 8n, shareOfSupplyMillionths: 250_000n },
    feesPerDayWei: 9n,
    chainKnown: true,
    managed: { key: "hsm-mint" },
  });
});

test("others have the defaults, and an account that is no managed key has none", () => {
  const other = { ...intent, asset: "SLV" as typeof intent.asset, account: intent.to };
  expect(boundsOf(standing, other)).toMatchObject({
    asset: { request: 1n, day: 2n, shareOfSupplyMillionths: undefined },
    feesPerDayWei: 3n,
    managed: undefined,
  });
});

test("an asset or key called like something every object has gets the defaults", () => {
  const other = { ...intent, asset: "constructor" as typeof intent.asset };
  const [key] = standing.roster.roster.keys;
  const index = { ...standing.roster.index, keyByAccount: () => ({ ...key, id: "constructor" }) as typeof key };
  expect(boundsOf({ ...standing, roster: { ...standing.roster, index } }, other)).toMatchObject({
    asset: { request: 1n, day: 2n },
    feesPerDayWei: 3n,
  });
});

test("a chain that the genesis does not name is unknown and never fresh", () => {
  expect(boundsOf(standing, { ...intent, chainId: 1 as typeof intent.chainId })).toMatchObject({
    chainKnown: false,
    freshnessSeconds: 0,
  });
});

test("the day of an asset and the fees of a key are told without an intent too", () => {
  expect([dayOf(standing, "GLD"), dayOf(standing, "SLV"), dayOf(standing, "constructor")]).toEqual([8n, 2n, 2n]);
  expect([feesPerDayOf(standing, "hsm-mint"), feesPerDayOf(standing, undefined)]).toEqual([9n, 3n]);
});
