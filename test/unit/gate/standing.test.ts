/** The documents in force at the beginning. */
import { expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { standingFromGenesis } from "../../../src/gate/change.ts";
import type { Standing } from "../../../src/gate/standing.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { goldDeployment } from "../../place/gold.ts";

test("begin as the genesis has them", () => {
  const deployment = goldDeployment();
  const standing: Standing = standingFromGenesis(checkGenesis(deployment.file, nativeChecks()));
  expect(standing).toMatchObject({
    deploymentId: deployment.deploymentId,
    roster: { hash: deployment.rosterHash, version: 1 },
  });
  expect([...standing.policies].map(([asset, { hash, version }]) => [asset, hash, version])).toEqual([
    ["GLD", deployment.policyHash, 1],
  ]);
  expect(standing.earlierRosters.size).toBe(0);
});
