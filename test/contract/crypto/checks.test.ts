/** One suite over every implementation of the signature checks: what one accepts, all accept, and garbage is an answer. */
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeChecks, recoveryKind, recoverWithNoble } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { concat, fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";
import type { SignatureChecks } from "../../../src/values/signature-checks.ts";
import { pagesChecks } from "./pages.ts";

/** The plain libraries take milliseconds a check: they see every seventh flipped bit, which is one in each byte and all positions. */
const implementations: readonly (readonly [string, SignatureChecks, number])[] = [
  ["native", nativeChecks(), 1],
  ["native with the plain recovery", nativeChecks(recoverWithNoble), 7],
  ["noble", nobleChecks, 7],
  ["the console's pages", await pagesChecks(), 7],
];

const secret = toBytes(sha256(utf8("a key of the contract suite")));
const digest = toBytes(sha256(utf8("a digest")));
const message = utf8("a message");

const wallet = (() => {
  const [parity = 0, ...rs] = secp256k1.sign(digest, secret, { prehash: false, lowS: true, format: "recovered" });
  return {
    signature: Uint8Array.of(...rs, 27 + parity),
    address: fromPublicKey(fromBytes(secp256k1.getPublicKey(secret, false))),
  };
})();
const key = { publicKey: ed25519.getPublicKey(secret), signature: ed25519.sign(message, secret) };
const passkey = {
  publicKey: p256.getPublicKey(secret, false),
  signature: p256.sign(message, secret, { prehash: true, lowS: false, format: "der" }),
};

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};
const flips = (bytes: Uint8Array, stride: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil((bytes.length * 8) / stride) }, (_, index) => flipped(bytes, index * stride));
const cutAndGrown = (bytes: Uint8Array): readonly Uint8Array[] => [
  new Uint8Array(),
  bytes.slice(0, -1),
  bytes.slice(1),
  concat(bytes, Uint8Array.of(0)),
  concat(Uint8Array.of(0), bytes),
];
const be32 = (value: bigint): Uint8Array => toBytes(`0x${value.toString(16).padStart(64, "0")}`);
const le32 = (value: bigint): Uint8Array => be32(value).reverse();

it("recovers with libsecp256k1 where it is installed", () => {
  expect(recoveryKind).toBe("native");
});

describe.each(implementations)("signature checks: %s", (_, checks, stride) => {
  const every = (bytes: Uint8Array): readonly Uint8Array[] => flips(bytes, stride);

  describe("secp256k1", () => {
    const { signature, address } = wallet;
    const { ORDER } = secp256k1.Point.Fn;
    const s = BigInt(fromBytes(signature.subarray(32, 64)));

    it("recovers the account that signed", () => {
      expect(checks.recoverSecp256k1(digest, signature)).toBe(address);
    });

    it("recovers another account or none after any flipped bit", () => {
      for (const bad of every(signature)) expect(checks.recoverSecp256k1(digest, bad)).not.toBe(address);
      for (const bad of every(digest)) expect(checks.recoverSecp256k1(bad, signature)).not.toBe(address);
    });

    it("refuses the high-s twin of a good signature", () => {
      const twin = concat(signature.subarray(0, 32), be32(ORDER - s), Uint8Array.of(signature[64] === 27 ? 28 : 27));
      expect(checks.recoverSecp256k1(digest, twin)).toBeUndefined();
    });

    it("takes s at half of the order and refuses the next", () => {
      const r = signature.subarray(0, 32);
      expect(checks.recoverSecp256k1(digest, concat(r, be32(ORDER >> 1n), Uint8Array.of(27)))).toBeDefined();
      expect(checks.recoverSecp256k1(digest, concat(r, be32((ORDER >> 1n) + 1n), Uint8Array.of(27)))).toBeUndefined();
    });

    it("refuses every last byte but 27 and 28", () => {
      for (let v = 0; v < 256; v += 1) {
        const answer = checks.recoverSecp256k1(digest, concat(signature.subarray(0, 64), Uint8Array.of(v)));
        expect(answer === undefined, `v ${v}`).toBe(v !== 27 && v !== 28);
      }
    });

    it("refuses r and s of zero or of the order and above", () => {
      for (const bad of [0n, ORDER, ORDER + 1n, (1n << 256n) - 1n]) {
        expect(checks.recoverSecp256k1(digest, concat(be32(bad), be32(s), Uint8Array.of(27)))).toBeUndefined();
        expect(
          checks.recoverSecp256k1(digest, concat(signature.subarray(0, 32), be32(bad), Uint8Array.of(27))),
        ).toBeUndefined();
      }
    });

    it("refuses other lengths, EIP-2098 included", () => {
      for (const bad of [...cutAndGrown(signature), signature.slice(0, 64)]) {
        expect(checks.recoverSecp256k1(digest, bad)).toBeUndefined();
      }
      for (const bad of cutAndGrown(digest)) expect(checks.recoverSecp256k1(bad, signature)).toBeUndefined();
    });
  });

  describe("Ed25519", () => {
    const { publicKey, signature } = key;
    const { ORDER } = ed25519.Point.Fn;

    it("accepts test 3 of RFC 8032", () => {
      const hex = (text: string): Uint8Array => toBytes(`0x${text}`);
      const known = hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
      const proof = hex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
      );
      expect(checks.verifyEd25519(known, hex("af82"), proof)).toBe(true);
    });

    it("refuses after any flipped bit", () => {
      expect(checks.verifyEd25519(publicKey, message, signature)).toBe(true);
      for (const bad of every(signature)) expect(checks.verifyEd25519(publicKey, message, bad)).toBe(false);
      for (const bad of every(message)) expect(checks.verifyEd25519(publicKey, bad, signature)).toBe(false);
      for (const bad of every(publicKey)) expect(checks.verifyEd25519(bad, message, signature)).toBe(false);
    });

    it("refuses s with the order added", () => {
      const s = BigInt(fromBytes(signature.slice(32).reverse()));
      expect(checks.verifyEd25519(publicKey, message, concat(signature.subarray(0, 32), le32(s + ORDER)))).toBe(false);
    });

    it("refuses keys of small order, for which anybody can sign", () => {
      for (const weak of ED25519_TORSION_SUBGROUP) {
        const identity = le32(1n);
        expect(checks.verifyEd25519(toBytes(`0x${weak}`), message, concat(identity, le32(0n))), weak).toBe(false);
      }
    });

    it("refuses a key whose y is not below the prime", () => {
      const prime = (1n << 255n) - 19n;
      for (let extra = 0n; extra < 19n; extra += 1n) {
        expect(checks.verifyEd25519(le32(prime + extra), message, signature)).toBe(false);
      }
    });

    it("refuses a signature that holds only up to the cofactor", () => {
      const torsion = ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[1]!);
      const scalar = 5n;
      const mixed = ed25519.Point.BASE.multiply(scalar).add(torsion).toBytes();
      const forged = Array.from({ length: 32 }, (__, nonce) => {
        const r = ed25519.Point.BASE.multiply(BigInt(nonce + 1)).toBytes();
        const k = ed25519.Point.Fn.create(BigInt(fromBytes(sha512(concat(r, mixed, message)).reverse())));
        return concat(r, le32(ed25519.Point.Fn.create(BigInt(nonce + 1) + k * scalar)));
      });
      const accepted = forged.filter((bad) => checks.verifyEd25519(mixed, message, bad)).length;
      // One in eight has a hash that is a multiple of eight and holds without the cofactor too.
      expect(accepted).toBeLessThan(forged.length / 2);
      expect(forged.map((bad) => nobleChecks.verifyEd25519(mixed, message, bad))).toEqual(
        forged.map((bad) => checks.verifyEd25519(mixed, message, bad)),
      );
    });

    it("refuses other lengths", () => {
      for (const bad of cutAndGrown(signature)) expect(checks.verifyEd25519(publicKey, message, bad)).toBe(false);
      for (const bad of cutAndGrown(publicKey)) expect(checks.verifyEd25519(bad, message, signature)).toBe(false);
    });
  });

  describe("P-256", () => {
    const { publicKey, signature } = passkey;
    const { ORDER } = p256.Point.Fn;
    const { r, s } = p256.Signature.fromBytes(signature, "der");
    const der = (a: bigint, b: bigint): Uint8Array => new p256.Signature(a, b).toBytes("der");

    it("accepts both twins of a signature, as authenticators make either", () => {
      expect(checks.verifyP256(publicKey, message, signature)).toBe(true);
      expect(checks.verifyP256(publicKey, message, der(r, ORDER - s))).toBe(true);
    });

    it("refuses after any flipped bit", () => {
      for (const bad of every(signature)) expect(checks.verifyP256(publicKey, message, bad)).toBe(false);
      for (const bad of every(message)) expect(checks.verifyP256(publicKey, bad, signature)).toBe(false);
      for (const bad of every(publicKey)) expect(checks.verifyP256(bad, message, signature)).toBe(false);
    });

    it("refuses raw r and s, and every spelling but DER", () => {
      const raw = concat(be32(r), be32(s));
      const longLength = concat(signature.subarray(0, 1), Uint8Array.of(0x81), signature.subarray(1));
      const inner = signature.subarray(2);
      const rLength = inner[1] ?? 0;
      const padded = concat(Uint8Array.of(0x02, rLength + 1, 0), inner.subarray(2));
      const surplusZero = concat(Uint8Array.of(0x30, padded.length), padded);
      for (const bad of [raw, longLength, surplusZero, ...cutAndGrown(signature)]) {
        expect(checks.verifyP256(publicKey, message, bad), fromBytes(bad)).toBe(false);
      }
    });

    it("refuses compressed, hybrid and off-curve keys", () => {
      const hybrid = publicKey.slice();
      hybrid[0] = 6;
      for (const bad of [p256.getPublicKey(secret, true), hybrid, new Uint8Array(65), ...cutAndGrown(publicKey)]) {
        expect(checks.verifyP256(bad, message, signature)).toBe(false);
      }
    });
  });

  it("answers garbage of any length", () => {
    const bytes = fc.uint8Array({ maxLength: 140 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (a, b, c) => {
        checks.recoverSecp256k1(a, b);
        expect(checks.verifyEd25519(a, b, c)).toBe(false);
        expect(checks.verifyP256(a, b, c)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("agrees with the others on signatures with changed bytes", () => {
    const change = fc.tuple(fc.nat(200), fc.nat(255));
    const changed = (bytes: Uint8Array, [at, value]: readonly [number, number]): Uint8Array => {
      const copy = bytes.slice();
      copy[at % copy.length] = value;
      return copy;
    };
    fc.assert(
      fc.property(change, change, change, (inKey, inMessage, inSignature) => {
        const answers = (by: SignatureChecks): readonly (Hex | boolean | undefined)[] => [
          by.recoverSecp256k1(changed(digest, inMessage), changed(wallet.signature, inSignature)),
          by.verifyEd25519(changed(key.publicKey, inKey), message, key.signature),
          by.verifyEd25519(key.publicKey, message, changed(key.signature, inSignature)),
          by.verifyP256(changed(passkey.publicKey, inKey), message, passkey.signature),
          by.verifyP256(passkey.publicKey, message, changed(passkey.signature, inSignature)),
        ];
        expect(answers(checks)).toEqual(answers(nobleChecks));
      }),
      { numRuns: 60 },
    );
  });
});
