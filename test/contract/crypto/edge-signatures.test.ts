/** ECDSA signatures at the edges: what libsecp256k1, OpenSSL and noble each say of them, and what may leave the backend. */
import { createHash, verify } from "node:crypto";
import { createRequire } from "node:module";
import { sign as nobleSign, getPublicKey, hashes, recoverPublicKey, verify as nobleVerify } from "@noble/secp256k1";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { loadRecovery, recoverWithNoble } from "../../../src/adapters/pkcs11/recovery.ts";
import { settle } from "../../../src/adapters/pkcs11/signature.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { concat, fromBytes } from "../../../src/values/hex.ts";
import { opensslKey } from "../pkcs11/permits.ts";
import { pagesChecks } from "./pages.ts";

hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const native = createRequire(import.meta.url)("secp256k1/bindings.js") as {
  ecdsaVerify: (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean;
  ecdsaRecover: (signature: Uint8Array, recid: number, digest: Uint8Array, compressed: boolean) => Uint8Array;
  signatureNormalize: (signature: Uint8Array) => Uint8Array;
};

const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;
const secret = new Uint8Array(32).fill(7);
const publicKey = getPublicKey(secret, false);
const account = fromPublicKey(fromBytes(publicKey));

const number = (bytes: Uint8Array): bigint => BigInt(fromBytes(bytes));
const word = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const first = (raw: Uint8Array): Uint8Array => raw.subarray(0, 32);
const second = (raw: Uint8Array): Uint8Array => raw.subarray(32);

type Signed = {
  readonly message: Uint8Array;
  readonly digest: Uint8Array;
  readonly raw: Uint8Array;
  readonly v: 0 | 1;
};

function signed(text: string): Signed {
  const message = Buffer.from(text);
  const digest = new Uint8Array(createHash("sha256").update(message).digest());
  const whole = nobleSign(digest, secret, { prehash: false, format: "recovered" });
  return { message, digest, raw: whole.subarray(1), v: whole[0] === 1 ? 1 : 0 };
}

/** The first of numbered messages whose signature is so. */
function seek(is: (one: Signed) => boolean): Signed {
  for (let at = 0; at < 4_000; at += 1) {
    const one = signed(`message ${String(at)}`);
    if (is(one)) return one;
  }
  throw new Error("no message has such a signature");
}

/** SEQUENCE of two INTEGERs (X.690), as some modules answer against PKCS#11. */
function der(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(start);
    const body = (short[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), short) : short;
    return concat(Uint8Array.of(2, body.length), body);
  };
  const both = concat(integer(first(raw)), integer(second(raw)));
  return concat(Uint8Array.of(0x30, both.length), both);
}

const answered = (ask: () => boolean): boolean => {
  try {
    return ask();
  } catch {
    return false;
  }
};

/** Whether `raw` is `r | s` of the key over the digest, whichever twin s is: each library in its own words. */
const libraries: Readonly<Record<string, (raw: Uint8Array, one: Signed) => boolean>> = {
  libsecp256k1: (raw, { digest }) =>
    answered(() => native.ecdsaVerify(native.signatureNormalize(Uint8Array.from(raw)), digest, publicKey)),
  OpenSSL: (raw, { message }) =>
    answered(() =>
      verify("sha256", message, { key: opensslKey(fromBytes(publicKey)), dsaEncoding: "ieee-p1363" }, raw),
    ),
  noble: (raw, { digest }) => answered(() => nobleVerify(raw, digest, publicKey, { prehash: false, lowS: false })),
};

const plain = signed("a message");
const zeroInR = seek(({ raw }) => raw[0] === 0);
const zeroInS = seek(({ raw }) => raw[32] === 0);
const twin = (raw: Uint8Array): Uint8Array => concat(first(raw), word(order - number(second(raw))));
const put = (r: bigint | Uint8Array, s: bigint | Uint8Array): Uint8Array =>
  concat(typeof r === "bigint" ? word(r) : r, typeof s === "bigint" ? word(s) : s);

type Case = readonly [name: string, raw: Uint8Array, one: Signed];

const good: readonly Case[] = [
  ["a low s", plain.raw, plain],
  ["a high s, its twin", twin(plain.raw), plain],
  ["an r that begins with a zero byte, padded", zeroInR.raw, zeroInR],
  ["an s that begins with a zero byte, padded", zeroInS.raw, zeroInS],
  ["the high twin of an r that begins with a zero byte", twin(zeroInR.raw), zeroInR],
];

const outOfRange: readonly Case[] = [
  ["r of 0", put(0n, second(plain.raw)), plain],
  ["s of 0", put(first(plain.raw), 0n), plain],
  ["r and s of 0", put(0n, 0n), plain],
  ["r of n", put(order, second(plain.raw)), plain],
  ["s of n", put(first(plain.raw), order), plain],
  ["r beyond n", put(order + 1n, second(plain.raw)), plain],
  ["s beyond n", put(first(plain.raw), order + 1n), plain],
  ["r of all ones", put((1n << 256n) - 1n, second(plain.raw)), plain],
  ["s of all ones", put(first(plain.raw), (1n << 256n) - 1n), plain],
];

const misshapen: readonly Case[] = [
  ["nothing", new Uint8Array(), plain],
  ["half of it", first(plain.raw), plain],
  ["without its last byte", plain.raw.subarray(0, 63), plain],
  ["without the leading zero of r", zeroInR.raw.subarray(1), zeroInR],
  ["without the leading zero of s", concat(first(zeroInS.raw), zeroInS.raw.subarray(33)), zeroInS],
  [
    "a zero byte more before r and s",
    put(concat(Uint8Array.of(0), first(plain.raw)), concat(Uint8Array.of(0), second(plain.raw))),
    plain,
  ],
  ["its v at the end", concat(plain.raw, Uint8Array.of(27 + plain.v)), plain],
  ["its v in front", concat(Uint8Array.of(plain.v), plain.raw), plain],
  ["DER", der(plain.raw), plain],
  ["DER of a high s", der(twin(plain.raw)), plain],
];

const foreign: readonly Case[] = [
  ["the first 64 bytes of DER", der(plain.raw).subarray(0, 64), plain],
  ["over another message", plain.raw, signed("another message")],
  ["of another key", nobleSign(plain.digest, new Uint8Array(32).fill(8), { prehash: false }), plain],
  ["r and s exchanged", put(second(plain.raw), first(plain.raw)), plain],
  ["a flipped bit", concat(plain.raw.subarray(0, 63), Uint8Array.of(plain.raw[63]! ^ 1)), plain],
  ["r of 1 and s of 1", put(1n, 1n), plain],
  ["bytes of each word in reverse", put(first(plain.raw).toReversed(), second(plain.raw).toReversed()), plain],
];

const recoveries = [
  ["native", loadRecovery().recover],
  ["noble", recoverWithNoble],
] as const;

describe.each(Object.entries(libraries))("%s", (_, accepts) => {
  test.each(good)("takes %s", (__, raw, one) => {
    expect(accepts(raw, one)).toBe(true);
  });
  test.each([...outOfRange, ...misshapen, ...foreign])("refuses %s", (__, raw, one) => {
    expect(accepts(raw, one)).toBe(false);
  });
});

describe.each(recoveries)("the backend, with the %s recovery", (_, recover) => {
  test.each(good)("lets %s leave as the one low-S signature", (__, raw, one) => {
    const { signature, highS } = settle(raw, one.digest, publicKey, recover);
    expect(signature).toEqual({ r: fromBytes(first(one.raw)), s: fromBytes(second(one.raw)), yParity: one.v });
    expect(highS).toBe(number(second(raw)) > order / 2n);
  });
  test.each([
    ...outOfRange.map(([name, raw, one]) => [name, raw, one, "is out of range"] as const),
    ...misshapen.map(([name, raw, one]) => [name, raw, one, `has ${String(raw.length)} bytes`] as const),
    ...foreign.map(([name, raw, one]) => [name, raw, one, "is not the pinned key's over this digest"] as const),
  ])("lets nothing leave for %s", (__, raw, one, why) => {
    expect(() => settle(raw, one.digest, publicKey, recover)).toThrow(`the token's signature ${why}`);
  });
});

describe("a wrong v", async () => {
  const wrong = plain.v === 1 ? 0 : 1;
  const other = native.ecdsaRecover(plain.raw, wrong, plain.digest, false);
  const withV = (v: number): Uint8Array => concat(plain.raw, Uint8Array.of(v));

  test("recovers one other key, with libsecp256k1 and with noble, whose signature it is for OpenSSL as well", () => {
    expect(fromBytes(other)).not.toBe(fromBytes(publicKey));
    const again = recoverPublicKey(concat(Uint8Array.of(wrong), plain.raw), plain.digest, {
      prehash: false,
      isCompressed: false,
    });
    expect(fromBytes(again)).toBe(fromBytes(other));
    const key = opensslKey(fromBytes(other));
    expect(verify("sha256", plain.message, { key, dsaEncoding: "ieee-p1363" }, plain.raw)).toBe(true);
  });

  test.each([
    ["native", nativeChecks()],
    ["noble", nobleChecks],
    ["pages'", await pagesChecks()],
  ] as const)("is another account's approval, or nobody's, for the %s checks", (_, checks) => {
    expect(checks.recoverSecp256k1(plain.digest, withV(27 + plain.v))).toBe(account);
    expect(checks.recoverSecp256k1(plain.digest, withV(27 + wrong))).toBe(fromPublicKey(fromBytes(other)));
    for (const v of [0, 1, 2, 3, 26, 29, 30, 37, 38, 255])
      expect(checks.recoverSecp256k1(plain.digest, withV(v)), `v ${String(v)}`).toBeUndefined();
  });
});
