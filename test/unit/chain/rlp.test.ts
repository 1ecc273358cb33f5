/** Length prefixes beside those of a second library, and what is no list of bytes. */
import { decodeRlp, encodeRlp, toBeArray } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeList, encodeList, isBytes, numberBytes, type Field } from "../../../src/chain/rlp.ts";
import { fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";

const anyField: fc.Arbitrary<Field> = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 70 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 250, maxLength: 300 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constant<Field>([]) },
);
const written = (field: Field): string | string[] => (isBytes(field) ? fromBytes(field) : []);

describe("a list of fields", () => {
  it("is written as ethers writes it, and read back", () => {
    fc.assert(
      fc.property(fc.array(anyField, { maxLength: 14 }), (fields) => {
        const bytes = encodeList(fields);
        expect(fromBytes(bytes)).toBe(encodeRlp(fields.map((field) => written(field))));
        expect(decodeList(bytes)?.map(written)).toEqual(fields.map(written));
      }),
      { numRuns: 300 },
    );
  });

  it("is read as ethers reads it, or not at all", () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(anyField, { maxLength: 4 }).chain((fields) => {
        const bytes = encodeList(fields);
        const at = fc.nat({ max: bytes.length - 1 });
        return fc.tuple(at, fc.nat({ max: 255 })).map(([place, byte]) => bytes.with(place, byte));
      }),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        const read = decodeList(bytes);
        if (read !== undefined) expect(read.map(written)).toEqual(decodeRlp(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Hex]>([
    ["nothing", "0x"],
    ["bytes alone", "0x83010203"],
    ["a list that goes on", "0xc20102ff"],
    ["a list that is cut off", "0xc3010283"],
    ["a length that is cut off", "0xf8"],
    ["a length beyond every memory", "0xffffffffffffffffff"],
    ["a list within", "0xc3c20102"],
    ["a field that ends behind its list", "0xc1820102"],
  ])("is not %s", (_, bytes) => {
    expect(decodeList(toBytes(bytes))).toBe(undefined);
  });
});

it("writes a number in its shortest form, as ethers does", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 256n) - 1n), (value) => {
      expect(fromBytes(numberBytes(value))).toBe(fromBytes(toBeArray(value)));
    }),
  );
  expect(numberBytes(0n)).toEqual(new Uint8Array());
});
