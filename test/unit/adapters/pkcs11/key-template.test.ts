/** The strict template and what is read back. */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { attribute } from "../../../../src/adapters/pkcs11/cryptoki.ts";
import {
  describe as inWords,
  privateTemplate,
  keyOrigins,
  readBack,
  shortfalls,
  type Attributes,
  type KeyOrigin,
} from "../../../../src/adapters/pkcs11/key-template.ts";

const strict: Attributes = {
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_SIGN: true,
  CKA_EXTRACTABLE: false,
  CKA_MODIFIABLE: false,
  CKA_COPYABLE: false,
  CKA_DECRYPT: false,
  CKA_UNWRAP: false,
  CKA_SIGN_RECOVER: false,
  CKA_DERIVE: false,
  CKA_KEY_TYPE: 3,
  CKA_EC_PARAMS: "06052b8104000a",
  CKA_LOCAL: true,
  CKA_ALWAYS_SENSITIVE: true,
  CKA_NEVER_EXTRACTABLE: true,
  CKA_KEY_GEN_MECHANISM: 0x1040,
  CKA_ALLOWED_MECHANISMS: "4110000000000000",
};

test("attributes have the numbers of the standard's header", () => {
  const native = createRequire(import.meta.url)("pkcs11js") as Record<string, unknown>;
  for (const [name, number] of Object.entries(attribute)) expect([name, native[name]]).toEqual([name, number]);
});

test("every flag is set, none left to the module's default", () => {
  const flags = new Map(
    privateTemplate({ origin: "made", id: new Uint8Array(16), label: "a", lasting: true, without: [] }).map(
      ({ type, value }) => [type, value],
    ),
  );
  const off = [
    "CKA_EXTRACTABLE",
    "CKA_MODIFIABLE",
    "CKA_COPYABLE",
    "CKA_DECRYPT",
    "CKA_UNWRAP",
    "CKA_SIGN_RECOVER",
    "CKA_DERIVE",
  ] as const;
  for (const name of off) expect([name, flags.get(attribute[name])]).toEqual([name, false]);
  for (const name of ["CKA_TOKEN", "CKA_PRIVATE", "CKA_SENSITIVE", "CKA_SIGN"] as const)
    expect([name, flags.get(attribute[name])]).toEqual([name, true]);
});

test("a strict key has no shortfall", () => {
  expect(shortfalls(strict)).toEqual([]);
});

test("a key that may be wrapped leaves under a trusted key alone, and one that was restored stays", () => {
  const flagsOf = (origin: KeyOrigin): ReadonlyMap<number, unknown> =>
    new Map(
      privateTemplate({ origin, id: new Uint8Array(16), label: "a", lasting: true, without: [] }).map(
        ({ type, value }) => [type, value],
      ),
    );
  const both = [attribute.CKA_EXTRACTABLE, attribute.CKA_WRAP_WITH_TRUSTED] as const;
  expect(both.map((type) => flagsOf("wrappable").get(type))).toEqual([true, true]);
  expect(both.map((type) => flagsOf("restored").get(type))).toEqual([false, undefined]);
  for (const origin of keyOrigins) {
    expect(flagsOf(origin).get(attribute.CKA_SENSITIVE)).toBe(true);
    expect([...flagsOf(origin).keys()].at(-1)).toBe(attribute.CKA_MODIFIABLE);
  }
});

test("what a key says of itself is held to its origin", () => {
  const wrappable: Attributes = {
    ...strict,
    CKA_EXTRACTABLE: true,
    CKA_WRAP_WITH_TRUSTED: true,
    CKA_NEVER_EXTRACTABLE: false,
  };
  const restored: Attributes = {
    ...strict,
    CKA_LOCAL: false,
    CKA_ALWAYS_SENSITIVE: false,
    CKA_NEVER_EXTRACTABLE: false,
    CKA_KEY_GEN_MECHANISM: "ffffffffffffffff",
  };
  expect(shortfalls(wrappable, [], "wrappable")).toEqual([]);
  expect(shortfalls(restored, [], "restored")).toEqual([]);
  expect(shortfalls(wrappable)).toHaveLength(2);
  expect(shortfalls({ ...wrappable, CKA_WRAP_WITH_TRUSTED: false }, [], "wrappable")).toEqual([
    "CKA_WRAP_WITH_TRUSTED is false instead of true",
  ]);
  expect(shortfalls({ ...restored, CKA_EXTRACTABLE: true }, [], "restored")).toEqual([
    "CKA_EXTRACTABLE is true instead of false",
  ]);
});

test.each(readBack.filter((name) => name in strict))("%s that is weaker or absent is a shortfall", (name) => {
  const { [name]: value, ...rest } = strict;
  expect(shortfalls(rest)).toEqual([`${name} is absent instead of ${String(value)}`]);
  const weaker = typeof value === "boolean" ? !value : "ff";
  expect(shortfalls({ ...rest, [name]: weaker })).toHaveLength(1);
});

test("bytes become flags, numbers and hex", () => {
  expect(inWords("CKA_SIGN", Uint8Array.of(1))).toBe(true);
  expect(inWords("CKA_EXTRACTABLE", Uint8Array.of(0))).toBe(false);
  expect(inWords("CKA_KEY_TYPE", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0))).toBe(3);
  expect(inWords("CKA_KEY_GEN_MECHANISM", new Uint8Array(8).fill(0xff))).toBe("ffffffffffffffff");
  expect(inWords("CKA_EC_PARAMS", Buffer.from("06052b8104000a", "hex"))).toBe("06052b8104000a");
});
