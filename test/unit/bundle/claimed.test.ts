/** A verifier finds out by itself whose signature a claim bears. */
import { expect, it } from "vitest";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { checkClaim } from "../../../src/bundle/claimed.ts";
import type { Matter } from "../../../src/bundle/matter.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { addressOf, claimKey, claimOf } from "../../place/profiles.ts";

const asked = { operation: "addClaim", ...claimOf(addressOf("identity")), topic: fromBigInt(1n) };
const matter = (intent: object, claimSigner?: string): Matter =>
  ({
    roles: { allocation: { field: "leaves.3", entry: { facts: claimSigner === undefined ? {} : { claimSigner } } } },
    intent,
    checks: nobleChecks,
  }) as never;

it("and takes nobody's word for it", () => {
  expect(checkClaim(matter(asked, claimKey.address))).toEqual([]);
  for (const said of [undefined, addressOf("somebody")])
    expect(checkClaim(matter(asked, said))).toMatchObject([
      { field: "leaves.3.entry.facts.claimSigner", why: `the claim is signed by ${claimKey.address}` },
    ]);
});

it("nor for the signer of a claim that nobody signed, or of what is no claim", () => {
  expect(checkClaim(matter({ ...asked, signature: `0x${"00".repeat(65)}` }))).toEqual([]);
  expect(checkClaim(matter({ ...asked, signature: `0x${"00".repeat(65)}` }, claimKey.address))).toHaveLength(1);
  expect(checkClaim(matter({ operation: "mint" }))).toEqual([]);
  expect(checkClaim(matter({ operation: "mint" }, claimKey.address))).toHaveLength(1);
});
