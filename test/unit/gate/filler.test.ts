/** The filler's bytes: nothing to oneself for the price of any transaction. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildFiller, isFiller } from "../../../src/gate/filler.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as chainId from "../../../src/values/chain-id.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";

const account = address.parse(`0x${"11".repeat(20)}`);
const closed = { chainId: chainId.parse(1), account, feeCeilingWei: amount.parse("42000000") };
const fees = (gas: bigint, max: bigint, tip: bigint) => ({
  gasLimit: amount.fromBigInt(gas),
  maxFeePerGas: amount.fromBigInt(max),
  maxPriorityFeePerGas: amount.fromBigInt(tip),
});

test("sends nothing to its own account on the given nonce", () => {
  const built = buildFiller(closed, 7, fees(21_000n, 2_000n, 1_000n));
  expect(built).toMatchObject({
    kind: "built",
    transaction: { chainId: 1, nonce: 7, to: account, value: 0n, data: "0x", gasLimit: 21_000n, maxFeePerGas: 2_000n },
  });
  expect(built.kind === "built" && isFiller(built.transaction, account)).toBe(true);
});

test.each([
  ["21,001 gas", fees(21_001n, 1n, 1n), "gate.gas-limit"],
  ["20,999 gas", fees(20_999n, 1n, 1n), "gate.gas-limit"],
  ["a wei of tip above the fee", fees(21_000n, 1n, 2n), "gate.fee-ceiling"],
  ["a wei per gas above the ceiling", fees(21_000n, 2_001n, 1n), "gate.fee-ceiling"],
])("is refused with %s", (_, offer, code) => {
  expect(buildFiller(closed, 0, offer)).toMatchObject({ kind: "refused", refusal: { code } });
});

test("never costs more than what the request was counted with, whatever is offered", () => {
  const wei = fc.bigInt(0n, 10_000n).map(amount.fromBigInt);
  fc.assert(
    fc.property(wei, wei, wei, (ceiling, max, tip) => {
      const offer = { gasLimit: amount.parse("21000"), maxFeePerGas: max, maxPriorityFeePerGas: tip };
      const built = buildFiller({ ...closed, feeCeilingWei: amount.fromBigInt(ceiling * 21_000n) }, 0, offer);
      expect(built.kind === "built").toBe(max <= ceiling && tip <= max);
    }),
  );
});

test("is known by every part of it", () => {
  const built = buildFiller(closed, 7, fees(21_000n, 2_000n, 1_000n));
  if (built.kind !== "built") throw new Error("refused");
  const { transaction } = built;
  const others = [
    { to: address.parse(`0x${"22".repeat(20)}`) },
    { value: amount.parse("1") },
    { data: parseHex("0x00") },
    { gasLimit: amount.parse("21001") },
  ];
  for (const other of others) expect(isFiller({ ...transaction, ...other }, account)).toBe(false);
});
