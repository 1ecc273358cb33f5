/** Leaves: one way to write an entry, and nothing else is read. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { utf8 } from "../../../src/values/digest.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import type { Json } from "../../../src/values/json.ts";
import { decodeLeaf, encodeLeaf } from "../../../src/log/leaf.ts";
import { leafHash } from "../../../src/log/merkle.ts";

const { leaves } = JSON.parse(readFileSync(new URL("../../vectors/log/leaf.json", import.meta.url), "utf8")) as {
  leaves: { entry: Json; bytes: string; leafHash: Bytes32 }[];
};

test("writes, hashes and reads the vectors byte for byte", () => {
  expect(leaves.length).toBeGreaterThan(3);
  for (const leaf of leaves) {
    expect(new TextDecoder().decode(encodeLeaf(leaf.entry))).toBe(leaf.bytes);
    expect(leafHash(encodeLeaf(leaf.entry))).toBe(leaf.leafHash);
    expect(decodeLeaf(utf8(leaf.bytes))).toEqual(leaf.entry);
  }
});

test("leaves out what is undefined", () => {
  expect(encodeLeaf({ b: 1, a: undefined })).toEqual(utf8('{"b":1}'));
});

test("refuses every other way to write the same entry", () => {
  const others = [
    '{"a":1,"b":2} ',
    ' {"a":1,"b":2}',
    '{"a":1, "b":2}',
    '{"b":2,"a":1}',
    '{"a":1.0,"b":2}',
    '{"a":1e0,"b":2}',
    '{"\\u0061":1,"b":2}',
    '{"a":1,"b":2}\n',
    '\ufeff{"a":1,"b":2}',
    '{"a":1,"a":1,"b":2}',
    '{"a":"\\/"}',
    '{"a":"\\u000a"}',
    '{"a":"\\u00E9"}',
    "-0",
    '{"a":-0}',
    "[-0]",
    '{"a":0.5}',
    '{"a":9007199254740992}',
    '{"a":1',
    "",
    "undefined",
    '{"__proto__":{}}',
  ];
  for (const text of others) expect(() => decodeLeaf(utf8(text)), text).toThrow(InvalidValue);
  expect(decodeLeaf(utf8('{"a":1,"b":2}'))).toEqual({ a: 1, b: 2 });
});

test("refuses bytes that are not UTF-8", () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0xaf, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
  ]) {
    expect(() => decodeLeaf(Uint8Array.from(bytes))).toThrow("not UTF-8");
  }
});

test("refuses a leaf that would not travel in the gate's frame, read or written", () => {
  const long = "x".repeat(2_000_000);
  expect(() => decodeLeaf(utf8(`"${long}"`))).toThrow("longer than two million bytes");
  expect(() => encodeLeaf(long)).toThrow("longer than two million bytes");
});

test("the longest leaf travels, however many of its characters a frame writes in two", () => {
  const leaf = encodeLeaf(Array.from({ length: 660_000 }, () => ""));
  expect(JSON.stringify(new TextDecoder().decode(leaf)).length).toBeLessThan(4 * 1024 * 1024 - 1_000);
});

test("never writes what it could not read back", () => {
  let deep: Json = 1;
  for (let i = 0; i < 40; i += 1) deep = [deep];
  expect(() => encodeLeaf(deep)).toThrow("too deeply");
  expect(() => encodeLeaf({ amount: 1.5 })).toThrow();
  expect(() => encodeLeaf({ amount: 1n })).toThrow();
  expect(() => encodeLeaf(undefined)).toThrow();
  expect(() => encodeLeaf({ constructor: 1 })).toThrow("not allowed");
});
