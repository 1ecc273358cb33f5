/** A genesis has one hash, and any other word is another deployment. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { deploymentId, documentHash, documentName, genesisSchema } from "../../../src/genesis/genesis.ts";
import { canonical } from "../../../src/values/json.ts";
import { genesisOf, managedKey, rosterOf } from "../../place/people.ts";

const policy = { apiVersion: "countersign/v1", kind: "Policy", asset: "GLD", version: 1, previous: null };
const genesis = genesisOf({ roster: rosterOf([managedKey("hsm-mint")]), policies: [policy] });

it("names the deployment by the SHA-256 of its canonical JSON", () => {
  expect(deploymentId(genesis)).toBe(`0x${createHash("sha256").update(canonical(genesis)).digest("hex")}`);
});

it("is another deployment with any other field", () => {
  const others = [
    { ...genesis, salt: `0x${"1".repeat(64)}` },
    { ...genesis, log: { publicKey: "0x00" } },
    { ...genesis, ceilings: { ...genesis.ceilings, otherKeys: { feesPerDayWei: "1" } } },
    { ...genesis, roster: { ...genesis.roster, people: genesis.roster.people.slice(1) } },
  ];
  for (const other of others) expect(deploymentId(genesisSchema.parse(other))).not.toBe(deploymentId(genesis));
});

it("survives being written and read", () => {
  expect(genesisSchema.parse(JSON.parse(JSON.stringify(genesis)))).toEqual(genesis);
});

it("names documents as `sha256:` and the digits", () => {
  expect(documentName(documentHash(policy))).toBe(
    `sha256:${createHash("sha256").update(canonical(policy)).digest("hex")}`,
  );
  expect(genesis.policies).toEqual([{ asset: "GLD", hash: documentName(documentHash(policy)) }]);
});

it.each(["1e3", "-1", "0x10", "", "01", "1.5"])("takes no ceiling of `%s`", (request) => {
  expect(
    genesisSchema.safeParse({ ...genesis, ceilings: { ...genesis.ceilings, otherAssets: { request, day: "1" } } })
      .success,
  ).toBe(false);
});

it.each(["", ".5", "1.", "-1", "0.0000001", "1e1", "00.5"])("takes no share of supply of `%s`", (shareOfSupply) => {
  expect(
    genesisSchema.safeParse({
      ...genesis,
      ceilings: { ...genesis.ceilings, otherAssets: { request: "1", day: "1", shareOfSupply } },
    }).success,
  ).toBe(false);
});
