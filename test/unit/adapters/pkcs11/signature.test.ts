/** What may leave the backend as a signature, whatever the digest; the edges stand in the contract beside three libraries. */
import { etc, getPublicKey, hashes, sign, utils } from "@noble/secp256k1";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadRecovery, recoverWithNoble } from "../../../../src/adapters/pkcs11/recovery.ts";
import { settle } from "../../../../src/adapters/pkcs11/signature.ts";

hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;
const secret = new Uint8Array(32).fill(9);
const publicKey = getPublicKey(secret, false);
const native = loadRecovery();
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const word = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const raw = (digest: Uint8Array): Uint8Array => sign(digest, secret, { prehash: false });
const high = (signature: Uint8Array): Uint8Array =>
  Buffer.concat([signature.subarray(0, 32), word(order - number(signature.subarray(32)))]);
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe.each([
  ["native", native.recover],
  ["noble", recoverWithNoble],
] as const)("with the %s recovery", (kind, recover) => {
  test("both s and n - s leave as the same low-S signature", () => {
    const parities = new Set<number>();
    fc.assert(
      fc.property(digests, (digest) => {
        const low = raw(digest);
        const one = settle(low, digest, publicKey, recover);
        const other = settle(high(low), digest, publicKey, recover);
        parities.add(one.signature.yParity);
        expect(one.highS).toBe(false);
        expect(other).toEqual({ ...one, highS: true });
        expect(number(Buffer.from(one.signature.s.slice(2), "hex"))).toBeLessThanOrEqual(order / 2n);
      }),
      { numRuns: kind === "native" ? 100 : 25 },
    );
    expect(parities).toEqual(new Set([0, 1]));
  });

  test("over another digest, or for another key, it is a fault", () => {
    const digest = new Uint8Array(32).fill(1);
    const other = new Uint8Array(32).fill(2);
    expect(() => settle(raw(digest), other, publicKey, recover)).toThrow("not the pinned key's over this digest");
    expect(() => settle(raw(digest), digest, getPublicKey(utils.randomSecretKey(), false), recover)).toThrow(
      "not the pinned key's",
    );
  });
});

test("the raw answer is not changed", () => {
  const digest = new Uint8Array(32).fill(3);
  const given = high(raw(digest));
  const before = etc.bytesToHex(given);
  settle(given, digest, publicKey, native.recover);
  expect(etc.bytesToHex(given)).toBe(before);
});

test("the native library is used where it is installed, and its absence is said", () => {
  expect(native.kind).toBe("native");
  expect(
    loadRecovery(() => {
      throw new Error("not installed");
    }).kind,
  ).toBe("noble");
  expect(loadRecovery(() => ({})).kind).toBe("noble");
});
