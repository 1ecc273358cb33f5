/** What is asked of an agent, byte by byte. */
import { expect, test } from "vitest";
import { decodeFailure, decodeSign, encodeJson, encodeSign } from "../../../../src/adapters/pkcs11/agent-message.ts";

const digest = Uint8Array.from({ length: 32 }, (_, i) => i);

test("a question to sign is the key's number and the digest", () => {
  const bytes = encodeSign(0x0102, digest);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    "0102000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  );
  expect(decodeSign(bytes)).toEqual({ key: 0x0102, digest });
});

test.each([0, 1, 20, 31, 33, 64])("a digest of %i bytes is asked of nobody and understood by nobody", (length) => {
  expect(() => encodeSign(0, new Uint8Array(length))).toThrow(`a digest of ${length} bytes`);
  expect(decodeSign(new Uint8Array(2 + length))).toBeUndefined();
});

test.each([-1, 0.5, 65_536])("%d is no key", (key) => {
  expect(() => encodeSign(key, digest)).toThrow("no number");
});

test("a failure with a field nobody agreed on is not read", () => {
  const failure = {
    class: "busy",
    code: 177,
    name: "CKR_SESSION_COUNT",
    doing: "opening a session",
    why: "full",
  } as const;
  expect(decodeFailure(encodeJson(failure))).toEqual(failure);
  expect(() => decodeFailure(new TextEncoder().encode(JSON.stringify({ ...failure, pin: "1234" })))).toThrow();
});
