/** The forms in which tokens give a public key. */
import { expect, test } from "vitest";
import { decode } from "../../../../src/adapters/pkcs11/ec-point.ts";

const point = `04${"11".repeat(32)}${"22".repeat(32)}`;
const bytes = (hex: string): Uint8Array => Buffer.from(hex, "hex");

test("a point in a DER octet string and a bare one are the same key", () => {
  expect(decode(bytes(`0441${point}`))).toBe(`0x${point}`);
  expect(decode(bytes(point))).toBe(`0x${point}`);
});

test.each([
  "",
  point.slice(2),
  `0441${point}00`,
  `0341${point}`,
  `0440${point}`,
  `0441${point.replace(/^04/, "02")}`,
  `02${"11".repeat(32)}`,
])("`%s` is no uncompressed point", (hex) => {
  expect(() => decode(bytes(hex))).toThrow("is not an uncompressed point");
});
