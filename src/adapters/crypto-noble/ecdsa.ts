/** ECDSA over noble's points (SEC 1, sections 4.1.4 and 4.1.6): what checks a signature, without all that makes one. */
import { weierstrass, type WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { p256B, p256Prime, secp256k1Prime } from "../../roster/sound-key.ts";
import { concat, fromBytes } from "../../values/hex.ts";

export type Curve = WeierstrassPointCons<bigint>;

/** Each from 1 to below the order. */
export type Signature = { readonly r: bigint; readonly s: bigint };

/** SEC 2, section 2.4.1. */
export const secp256k1: Curve = weierstrass({
  p: secp256k1Prime,
  n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  h: 1n,
  a: 0n,
  b: 7n,
  Gx: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  Gy: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
});

/** FIPS 186-4, D.1.2.3. */
export const p256: Curve = weierstrass({
  p: p256Prime,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: p256Prime - 3n,
  b: p256B,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

/** `digest` is as long as the order. Throws for a key that is no point of the curve. */
export function verifies(curve: Curve, publicKey: Uint8Array, digest: Uint8Array, signature: Signature): boolean {
  const { Fn, BASE } = curve;
  const { r, s } = signature;
  if (!isInRange(curve, signature)) return false;
  const owner = curve.fromBytes(publicKey);
  const inverse = Fn.inv(s);
  const point = BASE.multiplyUnsafe(Fn.mul(numberIn(curve, digest), inverse)).add(
    owner.multiplyUnsafe(Fn.mul(r, inverse)),
  );
  return !point.is0() && Fn.create(point.toAffine().x) === r;
}

/** The one key whose signature it is, uncompressed. Throws where there is none. */
export function recovered(
  curve: Curve,
  digest: Uint8Array,
  signature: Signature,
  parity: 0 | 1,
): Uint8Array | undefined {
  const { Fn, BASE } = curve;
  const { r, s } = signature;
  if (!isInRange(curve, signature)) return undefined;
  const point = curve.fromBytes(concat(Uint8Array.of(2 + parity), Fn.toBytes(r)));
  const inverse = Fn.inv(r);
  const owner = point
    .multiplyUnsafe(Fn.mul(s, inverse))
    .subtract(BASE.multiplyUnsafe(Fn.mul(numberIn(curve, digest), inverse)));
  return owner.is0() ? undefined : owner.toBytes(false);
}

/** Two integers in their one DER spelling (X.690), and nothing around them. */
export function readDer(bytes: Uint8Array): Signature | undefined {
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2 || bytes.length > 72) return undefined;
  const r = integerAt(bytes, 2);
  const s = r === undefined ? undefined : integerAt(bytes, r.end);
  return r === undefined || s?.end !== bytes.length ? undefined : { r: r.value, s: s.value };
}

function integerAt(bytes: Uint8Array, at: number): { readonly value: bigint; readonly end: number } | undefined {
  const [tag, length = 0] = bytes.subarray(at);
  const body = bytes.subarray(at + 2, at + 2 + length);
  const [first = 0x80, second = 0x80] = body;
  // Negative, or longer than it must be.
  if (tag !== 0x02 || body.length !== length || first >= 0x80 || (first === 0 && second < 0x80)) return undefined;
  return { value: BigInt(fromBytes(body)), end: at + 2 + length };
}

function isInRange({ Fn }: Curve, { r, s }: Signature): boolean {
  return r > 0n && r < Fn.ORDER && s > 0n && s < Fn.ORDER;
}

function numberIn({ Fn }: Curve, digest: Uint8Array): bigint {
  return Fn.create(BigInt(fromBytes(digest)));
}
