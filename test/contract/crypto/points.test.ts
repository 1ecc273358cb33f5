/** Points of the three curves as the console's pages reckon with them, beside noble's: every law at its edges, and every text of a point. */
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as lean from "../../../scripts/lean-curves.js";
import { fromBytes, toBytes } from "../../../src/values/hex.ts";

type Point = {
  readonly add: (other: Point) => Point;
  readonly subtract: (other: Point) => Point;
  readonly multiplyUnsafe: (scalar: bigint) => Point;
  readonly is0: () => boolean;
  readonly toBytes: (compressed: boolean) => Uint8Array;
};
type Theirs = { readonly CURVE: () => unknown; readonly Fn: { readonly ORDER: bigint } };
type Pair = readonly [name: string, ours: Points, theirs: Points, order: bigint];
type Points = { readonly BASE: Point; readonly fromBytes: (bytes: Uint8Array) => Point };

const { weierstrass, edwards } = lean as unknown as Record<"weierstrass" | "edwards", (curve: unknown) => Points>;
const pairOf = (name: string, make: (curve: unknown) => Points, theirs: Theirs): Pair => {
  return [name, make(theirs.CURVE()), theirs as unknown as Points, theirs.Fn.ORDER];
};
const pairs: readonly Pair[] = [
  pairOf("secp256k1", weierstrass, secp256k1.Point),
  pairOf("P-256", weierstrass, p256.Point),
  pairOf("Ed25519", edwards, ed25519.Point),
];

const text = (point: Point): string => (point.is0() ? "none" : fromBytes(point.toBytes(false)));

function readOr(points: Points, bytes: Uint8Array): string {
  try {
    return text(points.fromBytes(bytes));
  } catch {
    return "refused";
  }
}

describe.each(pairs)("%s", (name, ours, theirs, order) => {
  const edges = [0n, 1n, 2n, 3n, (order - 1n) / 2n, (order + 1n) / 2n, order - 2n, order - 1n];
  const scalar = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: order - 1n }));

  test("multiplies, adds and subtracts as noble does, the same point, its other side and none as well", () => {
    fc.assert(
      fc.property(scalar, scalar, (one, other) => {
        const [a, b] = [ours.BASE.multiplyUnsafe(one), ours.BASE.multiplyUnsafe(other)];
        const [c, d] = [theirs.BASE.multiplyUnsafe(one), theirs.BASE.multiplyUnsafe(other)];
        expect([a, b, a.add(b), a.subtract(b), a.add(a), a.subtract(a)].map(text)).toEqual(
          [c, d, c.add(d), c.subtract(d), c.add(c), c.subtract(c)].map(text),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("reads every point that noble writes, and of any bytes the same or none", () => {
    const length = name === "Ed25519" ? 32 : 33;
    const bytes = fc.uint8Array({ minLength: length, maxLength: length }).map((some) => {
      if (length === 33) some[0] = 2 + ((some[0] ?? 0) & 1);
      return some;
    });
    let read = 0;
    fc.assert(
      fc.property(bytes, (some) => {
        const answer = readOr(ours, some);
        if (answer !== "refused") read += 1;
        expect(answer).toBe(readOr(theirs, some));
      }),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(100);
    expect(read).toBeLessThan(200);
    for (const one of edges.slice(1)) {
      const point = theirs.BASE.multiplyUnsafe(one);
      expect(readOr(ours, point.toBytes(true))).toBe(text(point));
      expect(readOr(ours, point.toBytes(false))).toBe(text(point));
    }
  });

  test("refuses other lengths and first bytes, coordinates beyond the prime, and what is on no curve", () => {
    const whole = theirs.BASE.toBytes(false);
    const high = new Uint8Array(whole.length).fill(255);
    const first = (byte: number): Uint8Array => whole.with(0, byte);
    const bad = [new Uint8Array(), whole.slice(1), Uint8Array.of(...whole, 0), high, whole.with(-1, whole.at(-1)! ^ 1)];
    const heads = name === "Ed25519" ? [] : [0, 1, 2, 3, 5, 6, 7].map(first);
    for (const some of [...bad, ...heads]) expect(readOr(ours, some), fromBytes(some)).toBe(readOr(theirs, some));
    expect(readOr(ours, high)).toBe("refused");
  });
});

test("points of small order add up as noble's do", () => {
  const [, ours, theirs] = pairs[2]!;
  for (const one of ED25519_TORSION_SUBGROUP)
    for (const other of ED25519_TORSION_SUBGROUP) {
      const [a, b] = [toBytes(`0x${one}`), toBytes(`0x${other}`)];
      const sum = (points: Points): string => text(points.fromBytes(a).add(points.fromBytes(b)));
      expect(sum(ours)).toBe(sum(theirs));
    }
});
