/** Fees stay under the ceiling, whatever the market does. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bump, propose, type Fees, type Market } from "../../../src/chain/fees.ts";
import * as amount from "../../../src/values/amount.ts";

const wei = (value: bigint): amount.Amount => amount.fromBigInt(value);
const gwei = (value: bigint): amount.Amount => wei(value * 1_000_000_000n);
const market = (base: bigint, tip: bigint): Market => ({ baseFeePerGas: gwei(base), priorityFeePerGas: gwei(tip) });
/** Shrinking walks these far-apart numbers down together one by one, for hours; the first counterexample reads well enough. */
const unshrunk = { endOnFailure: true };
const gas = wei(150_000n);
const ether = wei(10n ** 18n);

const anyMarket = fc
  .record({ baseFeePerGas: fc.bigInt(0n, 10n ** 13n), priorityFeePerGas: fc.bigInt(0n, 10n ** 12n) })
  .map(({ baseFeePerGas, priorityFeePerGas }) => ({
    baseFeePerGas: wei(baseFeePerGas),
    priorityFeePerGas: wei(priorityFeePerGas),
  }));
const anyGas = fc.bigInt(21_000n, 1_000_000n).map(wei);
const anyCeiling = fc.bigInt(0n, 10n ** 19n).map(wei);

function costOf(fees: Fees): bigint {
  return fees.gasLimit * fees.maxFeePerGas;
}

describe("a fee proposal", () => {
  it("offers twice the base fee and the tip", () => {
    expect(propose(market(10n, 1n), gas, ether)).toEqual({
      kind: "proposed",
      fees: { gasLimit: gas, maxFeePerGas: gwei(21n), maxPriorityFeePerGas: gwei(1n) },
    });
  });

  it("offers what the ceiling allows when twice the base fee is too much", () => {
    const ceiling = wei(gas * gwei(15n) + 149_999n);
    expect(propose(market(10n, 1n), gas, ceiling)).toMatchObject({
      kind: "proposed",
      fees: { maxFeePerGas: gwei(15n) },
    });
  });

  it("fits exactly at the ceiling and not one wei below", () => {
    const needed = wei(gas * (gwei(9n) + gwei(1n)));
    expect(propose(market(8n, 1n), gas, needed)).toMatchObject({ kind: "proposed", fees: { maxFeePerGas: gwei(10n) } });
    expect(propose(market(8n, 1n), gas, wei(needed - 1n))).toEqual({
      kind: "over-ceiling",
      neededWei: needed,
      ceilingWei: needed - 1n,
    });
  });

  it("never passes the ceiling, is takeable by the next block, and keeps the tip inside the fee", () => {
    fc.assert(
      fc.property(anyMarket, anyGas, anyCeiling, (now, gasLimit, ceiling) => {
        const proposal = propose(now, gasLimit, ceiling);
        if (proposal.kind === "over-ceiling") return proposal.neededWei > ceiling;
        const { maxFeePerGas, maxPriorityFeePerGas } = proposal.fees;
        const takeable = maxFeePerGas * 8n >= now.baseFeePerGas * 9n + now.priorityFeePerGas * 8n;
        return costOf(proposal.fees) <= ceiling && takeable && maxFeePerGas >= maxPriorityFeePerGas;
      }),
      unshrunk,
    );
  });

  it("is over the ceiling when there is no gas to divide by", () => {
    expect(propose(market(1n, 1n), wei(0n), ether)).toMatchObject({ kind: "over-ceiling" });
  });
});

describe("a replacement's fees", () => {
  it("are an eighth higher, rounded up", () => {
    const previous = { gasLimit: gas, maxFeePerGas: wei(1_001n), maxPriorityFeePerGas: wei(7n) };
    expect(bump(previous, market(0n, 0n), ether)).toEqual({
      kind: "proposed",
      fees: { gasLimit: gas, maxFeePerGas: wei(1_127n), maxPriorityFeePerGas: wei(8n) },
    });
  });

  it("follow a market that rose more than an eighth", () => {
    const previous = { gasLimit: gas, maxFeePerGas: gwei(10n), maxPriorityFeePerGas: gwei(1n) };
    expect(bump(previous, market(40n, 3n), ether)).toMatchObject({
      fees: { maxFeePerGas: gwei(83n), maxPriorityFeePerGas: gwei(3n) },
    });
  });

  it("replace the last one, or are over the ceiling; nothing between", () => {
    fc.assert(
      fc.property(anyMarket, anyMarket, anyGas, anyCeiling, (then, now, gasLimit, ceiling) => {
        const first = propose(then, gasLimit, ceiling);
        fc.pre(first.kind === "proposed");
        const next = bump(first.fees, now, ceiling);
        if (next.kind === "over-ceiling") return next.neededWei > ceiling;
        const { maxFeePerGas, maxPriorityFeePerGas } = next.fees;
        const dearer = maxFeePerGas * 8n >= first.fees.maxFeePerGas * 9n;
        const dearerTip = maxPriorityFeePerGas * 8n >= first.fees.maxPriorityFeePerGas * 9n;
        return dearer && dearerTip && maxFeePerGas >= maxPriorityFeePerGas && costOf(next.fees) <= ceiling;
      }),
      unshrunk,
    );
  });
});
