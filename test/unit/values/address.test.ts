/** Addresses are checked as ethers and viem check them. */
import { getAddress } from "ethers/address";
import fc from "fast-check";
import { getAddress as viemGetAddress } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, it } from "vitest";
import { checksum, fromPublicKey, parse, zero } from "../../../src/values/address.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { fromBytes, type Hex } from "../../../src/values/hex.ts";

const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("an address", () => {
  it("has the checksum that ethers and viem give it, and is read back from it", () => {
    fc.assert(
      fc.property(bytes20, (bytes) => {
        const address = parse(fromBytes(bytes));
        expect(checksum(address)).toBe(getAddress(address));
        expect(checksum(address)).toBe(viemGetAddress(address));
        expect(parse(checksum(address))).toBe(address);
      }),
    );
  });

  it("is refused when one letter of a checksum has the wrong case", () => {
    fc.assert(
      fc.property(bytes20, fc.nat(39), (bytes, at) => {
        const shown = checksum(parse(fromBytes(bytes)));
        const letter = shown.charAt(at + 2);
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
        const slip = shown.slice(0, at + 2) + other + shown.slice(at + 3);
        fc.pre(other !== letter && slip !== slip.toLowerCase());
        expect(() => parse(slip)).toThrow(InvalidValue);
      }),
    );
  });

  it.each([
    "",
    "0x",
    "0x1",
    `0x${"1".repeat(39)}`,
    `0x${"1".repeat(41)}`,
    "1".repeat(40),
    `0X${"1".repeat(40)}`,
    `0x${"g".repeat(40)}`,
    ` 0x${"1".repeat(40)}`,
    `0x${"1".repeat(40)}\n`,
    `0x${"AB".repeat(20)}`,
    1,
    null,
    undefined,
    {},
    ["0x"],
  ])("is not %j", (text) => {
    expect(() => parse(text)).toThrow(InvalidValue);
  });

  it("is quoted in the refusal", () => {
    expect(() => parse("0x12")).toThrow("`0x12`");
  });

  it("belongs to a public key as viem says", () => {
    fc.assert(
      fc.property(bytes32, (secret) => {
        fc.pre(secp256k1.utils.isValidSecretKey(secret));
        const publicKey = fromBytes(secp256k1.getPublicKey(secret, false));
        expect(checksum(fromPublicKey(publicKey))).toBe(privateKeyToAddress(fromBytes(secret)));
      }),
      { numRuns: 30 },
    );
  });

  it("belongs to uncompressed public keys only", () => {
    for (const bad of ["0x", `0x02${"11".repeat(32)}`, `0x${"11".repeat(64)}`, `0x05${"11".repeat(64)}`] as Hex[])
      expect(() => fromPublicKey(bad)).toThrow(InvalidValue);
  });

  it("is zero as text too", () => {
    expect(parse(`0x${"0".repeat(40)}`)).toBe(zero);
  });
});
