/** Which public keys may stand for somebody: points that exactly one text names and that only their owner can sign for. */
const fieldPrime = (1n << 255n) - 19n;
const lowBits = (1n << 255n) - 1n;

/** y of the points whose order divides eight; with these anybody can make signatures that verify (RFC 8032 §5.1.7, libsodium). */
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/** 32 bytes, canonical (y below the field's prime), not of small order. Whether it is on the curve shows when it verifies something. */
export function isSoundEd25519(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  const y = publicKey.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n) & lowBits;
  return y < fieldPrime && !smallOrder.has(y);
}

/** FIPS 186-4, D.1.2.3. */
export const p256Prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
export const p256B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** 65 bytes 0x04 ‖ x ‖ y of a point on P-256 (its order is prime, so there are no weak points). */
export function isSoundP256(publicKey: Uint8Array): boolean {
  return isOnCurve(publicKey, p256Prime, (x) => x ** 3n - 3n * x + p256B);
}

export const secp256k1Prime = (1n << 256n) - (1n << 32n) - 977n;

/** 65 bytes 0x04 ‖ x ‖ y of a point on secp256k1. */
export function isSoundSecp256k1(publicKey: Uint8Array): boolean {
  return isOnCurve(publicKey, secp256k1Prime, (x) => x ** 3n + 7n);
}

function isOnCurve(publicKey: Uint8Array, prime: bigint, rightSide: (x: bigint) => bigint): boolean {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return false;
  const [x, y] = [number(publicKey.subarray(1, 33)), number(publicKey.subarray(33))];
  return x < prime && y < prime && (y * y - rightSide(x)) % prime === 0n;
}

function number(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
