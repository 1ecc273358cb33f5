/** The document of a yield: read strictly in its one spelling, named by its hash, and what each part of it says. */
import { describe, expect, it } from "vitest";
import {
  apportion,
  distributionHash,
  holdersHash,
  partFact,
  readDistribution,
} from "../../../src/evidence/distribution.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { hash } from "../../../src/values/json.ts";
import { goldToken, treasury } from "../../place/gold.ts";
import { documentOf, escrow, holderOf, yieldOf } from "../../place/yield.ts";

const sound = documentOf(yieldOf()) as Record<string, unknown>;
const holder = (index: number, balance = "1"): object => ({ address: holderOf(index), balance });
const reading = (fields: object) => () => readDistribution({ ...sound, ...fields });

describe("the document of a yield", () => {
  it("is named by the hash of its canonical form", () => {
    expect(distributionHash(readDistribution(sound))).toBe(hash(sound));
  });

  it.each<[string, object, string]>([
    ["with something more", { more: 1 }, "more"],
    ["of another kind", { kind: "Batch" }, "kind"],
    ["of nothing", { pool: "0" }, "there is nothing to distribute"],
    ["without holders", { holders: [], ineligible: [] }, "holders"],
    ["whose holders stand in another order", { holders: [holder(1), holder(0)], ineligible: [] }, "in the order"],
    ["in which a holder stands twice", { holders: [holder(0), holder(0)], ineligible: [] }, "in the order"],
    ["with a holder of nothing", { holders: [holder(0, "0")], ineligible: [] }, "held nothing"],
    ["with somebody who may not have it and holds none", { ineligible: [escrow] }, "is no holder"],
    ["in which one of those stands twice", { ineligible: [holderOf(1), holderOf(1)] }, "each once"],
    ["whose escrow is nobody", { escrow: address.zero }, "the zero address is nobody"],
    ["whose treasury is nobody", { treasury: address.zero }, "the zero address is nobody"],
    [
      "whose holder is nobody",
      { holders: [{ address: address.zero, balance: "1" }], ineligible: [] },
      "the zero address",
    ],
    [
      "with an address in another spelling",
      { escrow: address.checksum(address.parse(`0x${"ab".repeat(20)}`)) },
      "lower case",
    ],
    ["with more digits than there are", { pool: "007" }, "pool"],
  ])("%s is refused", (_, fields, why) => {
    expect(reading(fields)).toThrow(why);
  });

  it("gives to the escrow what the token holds of itself", () => {
    const fields = { holders: [{ address: goldToken, balance: "1" }], ineligible: [goldToken] };
    const { entitlements } = apportion(readDistribution({ ...sound, ...fields }));
    expect(entitlements.map(({ to }) => to)).toEqual([escrow]);
  });

  it("says of one recipient what the gate and every verifier work out of it", () => {
    const of = yieldOf();
    const [first] = of.entitlements;
    const statement = of.hash;
    expect(partFact(of, first!.to, statement)).toMatchObject({
      hash: of.hash,
      entitlement: first!.amount,
      statement,
      escrow,
      treasury,
    });
    expect(partFact(of, address.parse(holderOf(1)), statement).entitlement).toBe(0n);
  });

  it("gives everything to somebody, once", () => {
    const of = apportion(readDistribution(sound));
    expect(of.entitlements.reduce((all, one) => all + one.amount, 0n)).toBe(of.document.pool);
    expect(of.amountOf.size).toBe(of.entitlements.length);
    expect(of.amountOf.has(address.parse(escrow))).toBe(true);
  });
});

describe("holders as observers say them", () => {
  const own = (index: number, held: bigint) => ({
    address: address.parse(holderOf(index)),
    balance: amount.fromBigInt(held),
  });

  it("are the list of the document, whatever order they were met in", () => {
    const of = yieldOf();
    expect(holdersHash([...of.document.holders].reverse())).toBe(of.holders);
    expect(of.holders).toBe(hash(sound["holders"]));
  });

  it("leave out who has none left", () => {
    expect(holdersHash([own(0, 5n), own(1, 0n)])).toBe(holdersHash([own(0, 5n)]));
  });

  it("are others when one balance is", () => {
    expect(holdersHash([own(0, 5n)])).not.toBe(holdersHash([own(0, 6n)]));
  });
});
