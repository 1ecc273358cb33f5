/** Random typed data, and conditions on it that hold or do not. */
import type { PlainCase, PlainCondition, PlainTypedData, ValueTest } from "./plain.ts";
import type { Chooser } from "./tape.ts";
import { comparison, inUnits, listTest } from "./random-value.ts";

type Written = NonNullable<PlainCondition["typedData"]>;

const fields = [
  { name: "owner", type: "address" },
  { name: "spender", type: "address" },
  { name: "value", type: "uint256" },
  { name: "deadline", type: "uint256" },
  { name: "delta", type: "int256" },
  { name: "memo", type: "string" },
  { name: "final", type: "bool" },
  { name: "mark", type: "bytes32" },
];

export function randomTypedData(choose: Chooser, addresses: readonly string[], now: number): PlainTypedData {
  const primaryType = choose.of(["Permit", "Order"]);
  return {
    domain: {
      ...(choose.chance(60) ? { name: choose.of(["Gold", "Silver"]) } : {}),
      ...(choose.chance(40) ? { version: choose.of(["1", "2"]) } : {}),
      chainId: choose.of([31_337, 1]),
      verifyingContract: choose.of(addresses),
    },
    types: { [primaryType]: fields },
    primaryType,
    message: {
      owner: choose.of(addresses),
      spender: choose.of(addresses),
      value: String(choose.of([0n, BigInt(choose.between(1, 9_999)), 2n ** 64n])),
      deadline: String(now + choose.of([0, 3_600, 86_400 * 30])),
      delta: String(choose.of([5n, 0n, -5n])),
      memo: choose.of(["rent", "Rent", "12"]),
      final: choose.chance(50),
      mark: `0x${choose.of(["ab", "cd"]).repeat(32)}`,
    },
  };
}

/** A condition that the typed data of the case meets, or misses by one part. */
export function typedDataTest(one: PlainCase, choose: Chooser, holds: boolean): Written | undefined {
  const { typedData } = one;
  if (typedData === undefined) return undefined;
  const { domain, primaryType } = typedData;
  const test: Written = {
    domain: {
      ...(domain.name !== undefined && choose.chance(60) ? { name: domain.name } : {}),
      ...(domain.version !== undefined && choose.chance(60) ? { version: domain.version } : {}),
      ...{ chainId: domain.chainId, verifyingContract: domain.verifyingContract },
    },
    primaryType,
  };
  const tested = choose.shuffled(fields).slice(0, choose.between(0, 3));
  const failing = holds ? undefined : choose.of(["domain", "domain", "type", "field", "field", "field", "missing"]);
  if (failing === "domain")
    Object.assign(
      test.domain,
      choose.of<object>([
        { chainId: 5 },
        { verifyingContract: `0x${"9".repeat(40)}` },
        { name: "Bronze" },
        { version: "3" },
        { version: "3" },
      ]),
    );
  if (failing === "type") test.primaryType = "Offer";
  if (failing === "field" && tested.length === 0) tested.push(fields[1]!);
  const tests = tested.map(({ name, type }, index): [string, ValueTest] => [
    name,
    fieldTest(one, choose, { name, type, holds: failing !== "field" || index > 0 }),
  ]);
  if (failing === "missing") tests.push(["nothing", { is: "1" }]);
  return tests.length === 0 ? test : { ...test, fields: Object.fromEntries(tests) };
}

type Asked = { readonly name: string; readonly type: string; readonly holds: boolean };

function fieldTest(one: PlainCase, choose: Chooser, { name, type, holds }: Asked): ValueTest {
  const value = String(one.typedData!.message[name]);
  switch (type) {
    case "address":
      if (choose.chance(30)) return { is: holds ? value : `0x${"9".repeat(40)}` };
      return listTest(one, choose, value, holds);
    case "int256": {
      const write =
        choose.chance(50) || value.startsWith("-") ? undefined : comparison(choose, BigInt(value), holds, String);
      return write ?? { is: holds ? value : "-6" };
    }
    case "uint256": {
      const { asset, token } = one.policy;
      const left = Number(value) - one.facts.now;
      if (name === "deadline" && choose.chance(50) && left > 0)
        return { within: holds ? `${String(left + choose.of([0, 0, 60]))}s` : `${String(left - 1)}s` };
      if (choose.chance(20)) return { is: holds ? value : "7777777" };
      const write = choose.chance(50) ? String : (amount: bigint): string => inUnits(amount, asset, token.decimals);
      return comparison(choose, BigInt(value), holds, write);
    }
    default:
      return { is: holds ? value : `${value}x` };
  }
}
