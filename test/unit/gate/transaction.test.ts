/** The bytes the gate builds from an intent. */
import { decodeFunctionData, parseAbi, parseTransaction } from "viem";
import { expect, test } from "vitest";
import { gasBounds } from "../../../src/chain/gas.ts";
import { encode } from "../../../src/chain/transaction.ts";
import { build, wrongReplacement, type FeeProposal } from "../../../src/gate/transaction.ts";
import * as amount from "../../../src/values/amount.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { goldDeployment, goldPolicy, goldToken, intentOf, treasury } from "../../place/gold.ts";

const { token } = compile(goldPolicy());
const mintGas = gasBounds("role-erc20", "mint")!;
const intent = intentOf(goldDeployment(), { now: 1_800_000_000 });
const gwei = (value: bigint): amount.Amount => amount.fromBigInt(value * 10n ** 9n);
const fees: FeeProposal = { gasLimit: amount.parse("150000"), maxFeePerGas: gwei(2n), maxPriorityFeePerGas: gwei(1n) };

test("builds a type 2 call of the token that a second library reads the same", () => {
  const built = build(intent, token, 5, fees);
  if (built.kind !== "built") throw new Error(built.refusal.why);
  const seen = parseTransaction(encode(built.transaction));
  expect(seen).toMatchObject({ type: "eip1559", chainId: 31_337, nonce: 5, to: goldToken, gas: 150_000n });
  const { functionName, args } = decodeFunctionData({
    abi: parseAbi(["function mint(address,uint256)"]),
    data: seen.data ?? "0x",
  });
  expect([functionName, args[0].toLowerCase(), args[1]]).toEqual(["mint", treasury, intent.amount]);
});

test.each([
  ["below the floor", { gasLimit: amount.fromBigInt(mintGas.floor - 1n) }, "gate.gas-limit"],
  ["above the cap", { gasLimit: amount.fromBigInt(mintGas.cap + 1n) }, "gate.gas-limit"],
  [
    "over the ceiling of the intent",
    { maxFeePerGas: amount.fromBigInt(intent.feeCeilingWei / 150_000n + 1n) },
    "gate.fee-ceiling",
  ],
  ["with a tip above the whole fee", { maxPriorityFeePerGas: gwei(3n) }, "gate.fee-ceiling"],
])("refuses a proposal %s", (_, change, code) => {
  expect(build(intent, token, 0, { ...fees, ...change })).toMatchObject({ kind: "refused", refusal: { code } });
});

test("takes a proposal that spends the ceiling to the last wei", () => {
  const exact = amount.fromBigInt(intent.feeCeilingWei / 150_000n);
  expect(build(intent, token, 0, { ...fees, maxFeePerGas: exact }).kind).toBe("built");
});

test("a replacement is at least an eighth dearer in both fees, and never the eleventh", () => {
  const dearer = (numerator: bigint): FeeProposal => ({
    ...fees,
    maxFeePerGas: amount.fromBigInt((fees.maxFeePerGas * numerator) / 1000n),
    maxPriorityFeePerGas: amount.fromBigInt((fees.maxPriorityFeePerGas * numerator) / 1000n),
  });
  expect(wrongReplacement(2, fees, dearer(1125n))).toBeUndefined();
  expect(wrongReplacement(2, fees, dearer(1124n))?.code).toBe("gate.not-a-replacement");
  expect(wrongReplacement(2, fees, { ...dearer(2000n), maxPriorityFeePerGas: fees.maxPriorityFeePerGas })?.code).toBe(
    "gate.not-a-replacement",
  );
  expect(wrongReplacement(11, fees, dearer(2000n))?.code).toBe("gate.too-many-replacements");
});
