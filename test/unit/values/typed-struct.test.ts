/** Struct hashes are what viem and ethers compute, and a value of another type is never hashed as something else. */
import { TypedDataEncoder } from "ethers/hash";
import fc from "fast-check";
import { hashStruct, hashTypedData, toHex } from "viem";
import { expect, it } from "vitest";
import { fromBytes } from "../../../src/values/hex.ts";
import { structHash, typedDigest } from "../../../src/values/typed-struct.ts";

const fields = [
  { name: "text", type: "string" },
  { name: "hash", type: "bytes32" },
  { name: "account", type: "address" },
  { name: "flag", type: "bool" },
  { name: "small", type: "uint8" },
  { name: "time", type: "uint64" },
  { name: "amount", type: "uint256" },
];
const message = {
  text: "a deposit",
  hash: `0x${"0f".repeat(32)}`,
  account: `0x${"a0".repeat(20)}`,
  flag: true,
  small: 255,
  time: 1_800_000_000,
  amount: 10n ** 21n,
};
const hashSample = structHash("Sample", fields);
const ours = (of: Readonly<Record<string, unknown>>): string => fromBytes(hashSample(of));

const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => toHex(value));
const uint = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });

it("hashes any values of its types as viem and ethers do", () => {
  const messages = fc.record({
    text: fc.string({ unit: "grapheme" }),
    hash: hexOf(32),
    account: hexOf(20),
    flag: fc.boolean(),
    small: uint(8),
    time: uint(64),
    amount: uint(256),
  });
  fc.assert(
    fc.property(messages, (of) => {
      expect(ours(of)).toBe(TypedDataEncoder.hashStruct("Sample", { Sample: fields }, of));
      expect(ours(of)).toBe(hashStruct({ data: of, primaryType: "Sample", types: { Sample: fields } }));
    }),
    { numRuns: 200 },
  );
});

it("takes numbers as integers, BigInt or decimal text alike", () => {
  for (const amount of [7, 7n, "7", "0007"]) expect(ours({ ...message, amount })).toBe(ours({ ...message, amount: 7 }));
});

it("ignores what the type does not name", () => {
  expect(ours({ ...message, other: 1 })).toBe(ours(message));
});

it("makes the digest that wallets sign", () => {
  const domain = { name: "Countersign", version: "1", salt: message.hash };
  const domainTypes = ["name", "version"].map((name) => ({ name, type: "string" }));
  const separator = structHash("EIP712Domain", [...domainTypes, { name: "salt", type: "bytes32" }])(domain);
  const typed = { domain, types: { Sample: fields }, primaryType: "Sample", message } as never;
  expect(fromBytes(typedDigest(separator, hashSample(message)))).toBe(hashTypedData(typed));
});

it.each([
  ["text", 5],
  ["text", undefined],
  ["text", "half of a pair \ud800"],
  ["hash", `0x${"0f".repeat(31)}`],
  ["hash", `0x${"0f".repeat(33)}`],
  ["hash", `0x${"zz".repeat(32)}`],
  ["hash", new Uint8Array(32)],
  ["account", `0x${"A0".repeat(20)}`],
  ["account", `0x${"a0".repeat(21)}`],
  ["flag", "true"],
  ["flag", 1],
  ["small", 256],
  ["small", -1],
  ["small", 1.5],
  ["small", "0x10"],
  ["small", "-1"],
  ["small", ""],
  ["time", 1n << 64n],
  ["amount", 1n << 256n],
  ["amount", String(1n << 256n)],
  ["amount", 2 ** 53],
  ["amount", null],
  ["amount", true],
])("refuses %s that is %s", (field, value) => {
  expect(() => hashSample({ ...message, [field]: value })).toThrow(`\`${field}\` is no `);
});

it("knows no other type", () => {
  expect(() => structHash("Sample", [{ name: "list", type: "uint256[]" }])).toThrow("uint256[]");
});

it("hashes a text as before after any number of others", () => {
  const before = ours(message);
  for (let index = 0; index < 2_500; index += 1) hashSample({ ...message, text: `text ${String(index)}` });
  expect(ours(message)).toBe(before);
  expect(ours({ ...message, text: "text 7" })).toBe(
    TypedDataEncoder.hashStruct("Sample", { Sample: fields }, { ...message, text: "text 7" }),
  );
});
