/** Base64 with one text for the same bytes. */
import { expect, test } from "vitest";
import { decode, encode } from "../../../src/log/base64.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("agrees with the examples of RFC 4648", () => {
  const examples = {
    "": "",
    f: "Zg==",
    fo: "Zm8=",
    foo: "Zm9v",
    foob: "Zm9vYg==",
    fooba: "Zm9vYmE=",
    foobar: "Zm9vYmFy",
  };
  for (const [plain, text] of Object.entries(examples)) {
    expect(encode(bytes(plain))).toBe(text);
    expect(decode(text)).toEqual(bytes(plain));
  }
  expect(encode(Uint8Array.of(0xfb, 0xff, 0xfe))).toBe("+//+");
});

test("agrees with Node over every byte and length", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let length = 0; length <= 256; length += 1) {
    const part = all.subarray(256 - length);
    expect(encode(part)).toBe(Buffer.from(part).toString("base64"));
    expect(decode(encode(part))).toEqual(Uint8Array.from(part));
  }
});

test("refuses other alphabets, white space, and padding that is missing or too much", () => {
  for (const text of [
    "Zg",
    "Zg=",
    "Zg===",
    "Z",
    "Zm9v=",
    "Zm9v====",
    "-__-",
    " Zm9v",
    "Zm9v\n",
    "Zm 9v",
    "Zg==Zg==",
    "=",
    "====",
  ]) {
    expect(() => decode(text), text).toThrow("is not base64 with padding");
  }
});

test("refuses stray bits after the last byte", () => {
  for (const text of ["Zh==", "Zv==", "Zm9=", "Zm+="]) expect(() => decode(text), text).toThrow("stray bits");
});
