/** Each type of EIP-712 takes one form of value, at its very bounds. */
import { expect, it } from "vitest";
import { readStruct, structsOf } from "../../../src/intent/typed-value.ts";

const read = (type: string, value: unknown): unknown => {
  const structs = structsOf({ It: [{ name: "it", type }] }, "It");
  return readStruct(structs, "It", { value: { it: value }, field: "message" })["it"];
};

it.each<[string, unknown, unknown]>([
  ["uint8", 255, 255n],
  ["uint8", "0", 0n],
  ["int8", -128, -128n],
  ["int8", "127", 127n],
  ["int256", `-${(2n ** 255n).toString()}`, -(2n ** 255n)],
  ["bool", false, false],
  ["string", "", ""],
  ["bytes", "0x", "0x"],
  ["bytes2", "0xabcd", "0xabcd"],
  ["address", `0x${"aA".repeat(20)}`, `0x${"aa".repeat(20)}`],
  ["uint8[]", [], []],
  ["uint8[2][]", [[1, 2]], [[1n, 2n]]],
])("%s takes %j", (type, value, wanted) => {
  const mixed = type === "address" ? "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa" : value;
  expect(read(type, mixed)).toEqual(wanted);
});

it.each<[string, unknown]>([
  ["uint8", 256],
  ["uint8", -1],
  ["uint8", "00"],
  ["uint8", 1.5],
  ["uint8", true],
  ["int8", 128],
  ["int8", -129],
  ["bool", "true"],
  ["string", 7],
  ["string", "\ud800"],
  ["string", "x".repeat(10_001)],
  ["bytes", "0xAB"],
  ["bytes2", "0xab"],
  ["address", `0x${"aA".repeat(20)}`],
  ["uint8[]", 7],
  ["uint8[]", Array.from({ length: 101 }, () => 1)],
  ["uint8[2]", [1]],
])("%s refuses %j", (type, value) => {
  expect(() => read(type, value)).toThrow(/^message\.it/);
});

it("uint7 and bytes33 are no types", () => {
  for (const type of ["uint7", "uint264", "bytes33", "bytes0", "uint"])
    expect(() => read(type, 1)).toThrow(/type|width/);
});

it("more types than twenty are not read", () => {
  const types = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`T${String(index)}`, []]));
  expect(() => structsOf(types, "T0")).toThrow("more than 20 types");
});
