/** Keys that stand for somebody are points with one spelling that only their owner signs for. */
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { describe, expect, it } from "vitest";
import { isSoundEd25519, isSoundP256, isSoundSecp256k1 } from "../../../src/roster/sound-key.ts";
import { toBytes } from "../../../src/values/hex.ts";
import { testSecret } from "../../place/people.ts";

const secrets = Array.from({ length: 20 }, (_, index) => toBytes(testSecret(`sound ${index}`)));
const le32 = (value: bigint): Uint8Array => toBytes(`0x${value.toString(16).padStart(64, "0")}`).reverse();

describe("an Ed25519 public key", () => {
  it("is sound when somebody made it", () => {
    for (const secret of secrets) expect(isSoundEd25519(ed25519.getPublicKey(secret))).toBe(true);
  });

  it("is not of small order, in either of its signs", () => {
    for (const weak of ED25519_TORSION_SUBGROUP) {
      const bytes = toBytes(`0x${weak}`);
      const twin = bytes.slice();
      twin[31]! ^= 0x80;
      expect(isSoundEd25519(bytes), weak).toBe(false);
      expect(isSoundEd25519(twin), weak).toBe(false);
    }
  });

  it("has one spelling: y is below the prime", () => {
    const prime = (1n << 255n) - 19n;
    expect(isSoundEd25519(le32(prime - 2n))).toBe(true);
    for (let extra = 0n; extra < 19n; extra += 1n) expect(isSoundEd25519(le32(prime + extra))).toBe(false);
  });

  it("has 32 bytes", () => {
    for (const length of [0, 31, 33, 64]) expect(isSoundEd25519(new Uint8Array(length).fill(9))).toBe(false);
  });
});

describe.each([
  ["P-256", isSoundP256, p256, isSoundSecp256k1],
  ["secp256k1", isSoundSecp256k1, secp256k1, isSoundP256],
] as const)("a %s public key", (_, isSound, curve, isOther) => {
  it("is sound when somebody made it, on this curve only", () => {
    for (const secret of secrets) {
      expect(isSound(curve.getPublicKey(secret, false))).toBe(true);
      expect(isOther(curve.getPublicKey(secret, false))).toBe(false);
    }
  });

  it("is uncompressed and on the curve", () => {
    const good = curve.getPublicKey(secrets[0]!, false);
    const hybrid = good.slice();
    hybrid[0] = 6;
    const moved = good.slice();
    moved[64]! ^= 1;
    for (const bad of [
      curve.getPublicKey(secrets[0]!, true),
      hybrid,
      moved,
      new Uint8Array(65),
      Uint8Array.of(4, ...new Uint8Array(64)),
      good.slice(0, 64),
    ]) {
      expect(isSound(bad)).toBe(false);
    }
  });
});
