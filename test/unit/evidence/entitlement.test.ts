/** Who gets which part of a pool, by cases that one can work out on paper. */
import { describe, expect, it } from "vitest";
import { entitlementsOf } from "../../../src/evidence/entitlement.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";

const of = (byte: string): address.Address => address.parse(`0x${byte.repeat(20)}`);
const [ann, ben, cat, escrow, treasury] = [of("a1"), of("b2"), of("c3"), of("e5"), of("f6")];

function given(
  pool: number,
  balances: readonly (readonly [address.Address, number])[],
  ineligible = [] as address.Address[],
): string[] {
  const holders = balances.map(([who, held]) => ({ address: who, balance: amount.fromBigInt(BigInt(held)) }));
  const parts = entitlementsOf({ pool: amount.fromBigInt(BigInt(pool)), escrow, treasury, ineligible, holders });
  return parts.map(({ to, amount: part }) => `${to.slice(2, 4)} ${String(part)}`);
}

describe("entitlements", () => {
  it("are shares of what is held", () => {
    expect(
      given(100, [
        [ann, 1],
        [ben, 3],
      ]),
    ).toEqual(["a1 25", "b2 75"]);
  });

  it("give the last units to those who lost most by rounding", () => {
    expect(
      given(10, [
        [ann, 1],
        [ben, 2],
        [cat, 4],
      ]),
    ).toEqual(["a1 1", "b2 3", "c3 6"]);
  });

  it("of equals give it to the lower address", () => {
    expect(
      given(2, [
        [cat, 5],
        [ben, 5],
        [ann, 5],
      ]),
    ).toEqual(["a1 1", "b2 1"]);
  });

  it("leave out whom nothing is left for, when the pool is smaller than the number of holders", () => {
    expect(
      given(1, [
        [ann, 1],
        [ben, 2],
        [cat, 1],
      ]),
    ).toEqual(["b2 1"]);
  });

  it("go to the escrow for those who may not have them", () => {
    expect(
      given(
        100,
        [
          [ann, 1],
          [ben, 3],
        ],
        [ben],
      ),
    ).toEqual(["a1 25", "e5 75"]);
  });

  it("are one for an escrow that holds some itself", () => {
    expect(
      given(
        100,
        [
          [ann, 1],
          [ben, 2],
          [escrow, 1],
        ],
        [ben],
      ),
    ).toEqual(["a1 25", "e5 75"]);
  });

  it("are the treasury's where nobody holds any", () => {
    expect(given(100, [])).toEqual(["f6 100"]);
  });
});
