/**
 * The points of a curve as the console's pages carry them: what checks a signature and nothing that makes one. All of it is public, so
 * nothing takes care to take the same time. Both laws of addition are complete: they hold for every two points, also the same one and
 * none. The contract of signature checks is run over this as over noble's.
 */

const mod = (n, by) => {
  const rest = n % by;
  return rest < 0n ? rest + by : rest;
};

function power(base, exponent, by) {
  let [result, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % by;
    square = (square * square) % by;
  }
  return result;
}

/** Of a number that is not zero, by a prime. */
function inverse(n, by) {
  let [rest, next, factor, nextFactor] = [by, mod(n, by), 0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  if (rest !== 1n) throw new RangeError("zero has no inverse");
  return mod(factor, by);
}

/** By a prime that leaves 3 by four or 5 by eight. Throws where there is no root. */
function squareRoot(n, by) {
  const simple = by % 4n === 3n;
  let root = power(n, simple ? (by + 1n) / 4n : (by + 3n) / 8n, by);
  if (!simple && (root * root) % by !== n) root = (root * power(2n, (by - 1n) / 4n, by)) % by;
  if ((root * root) % by !== n) throw new RangeError("this is no square");
  return root;
}

const number = (bytes) => bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
const bytesOf = (n) => Uint8Array.from({ length: 32 }, (_, at) => Number((n >> BigInt(248 - 8 * at)) & 255n));

/** Points under the laws of one kind of curve, in x, y and a common denominator. */
function pointsOf({ p, n, Gx, Gy }, { zero, sum, opposite, isZero, read, write }) {
  class Point {
    constructor(...coordinates) {
      this.coordinates = coordinates;
    }
    add(other) {
      return new Point(...sum(this.coordinates, other.coordinates));
    }
    subtract({ coordinates }) {
      return this.add(new Point(...opposite(coordinates)));
    }
    multiplyUnsafe(scalar) {
      return multiplied(this, scalar);
    }
    is0() {
      return isZero(this.coordinates);
    }
    toAffine() {
      const [x, y, z] = this.coordinates;
      const unit = inverse(z, p);
      return { x: (x * unit) % p, y: (y * unit) % p };
    }
    /** Of a point of y² = x³ + ax + b uncompressed. */
    toBytes() {
      return write(this.toAffine());
    }
    /** Throws for what is no point of the curve. */
    static fromBytes(bytes) {
      const [x, y] = read(bytes);
      return new Point(x, y, 1n);
    }
    static BASE = new Point(Gx, Gy, 1n);
    static Fn = {
      ORDER: n,
      create: (value) => mod(value, n),
      mul: (one, other) => (one * other) % n,
      inv: (value) => inverse(value, n),
      toBytes: bytesOf,
    };
  }
  function multiplied(one, scalar) {
    let result = new Point(...zero);
    let point = one;
    for (let left = scalar; left > 0n; left >>= 1n) {
      if (left & 1n) result = result.add(point);
      // Kept, for one point is multiplied again and again.
      point = point.doubled ??= point.add(point);
    }
    return result;
  }
  return Point;
}

/** y² = x³ + ax + b, of prime order: Renes, Costello and Batina, "Complete addition formulas for prime order elliptic curves" (2016). */
export function weierstrass(curve) {
  const { p, a, b } = curve;
  const thrice = 3n * b;
  const sum = ([x1, y1, z1], [x2, y2, z2]) => {
    const [xx, yy, zz] = [x1 * x2, y1 * y2, z1 * z2];
    const xy = mod(x1 * y2 + x2 * y1, p);
    const xz = mod(x1 * z2 + x2 * z1, p);
    const yz = mod(y1 * z2 + y2 * z1, p);
    const middle = a * xz + thrice * zz;
    const [less, more] = [mod(yy - middle, p), mod(yy + middle, p)];
    const slope = mod(3n * xx + a * zz, p);
    const rest = mod(thrice * xz + a * (xx - a * zz), p);
    return [mod(xy * less - yz * rest, p), mod(less * more + slope * rest, p), mod(yz * more + xy * slope, p)];
  };
  const square = (x) => mod(x ** 3n + a * x + b, p);
  const read = (bytes) => {
    const x = number(bytes.subarray(1, 33));
    const isWhole = bytes.length === 65 && bytes[0] === 4;
    if (x >= p || !(isWhole || (bytes.length === 33 && (bytes[0] === 2 || bytes[0] === 3))))
      throw new RangeError("no point");
    const y = isWhole ? number(bytes.subarray(33)) : squareRoot(square(x), p);
    if (y >= p || (y * y) % p !== square(x)) throw new RangeError("not on the curve");
    return [x, isWhole || Number(y & 1n) === bytes[0] - 2 ? y : p - y];
  };
  const write = ({ x, y }) => Uint8Array.of(4, ...bytesOf(x), ...bytesOf(y));
  const opposite = ([x, y, z]) => [x, mod(-y, p), z];
  return pointsOf(curve, { zero: [0n, 1n, 0n], sum, opposite, isZero: ([, , z]) => z === 0n, read, write });
}

/** ax² + y² = 1 + dx²y² with a square and d none: Bernstein and others, "Twisted Edwards curves" (2008), section 6. */
export function edwards(curve) {
  const { p, a, d } = curve;
  const sum = ([x1, y1, z1], [x2, y2, z2]) => {
    const [xx, yy, zz] = [mod(x1 * x2, p), mod(y1 * y2, p), mod(z1 * z2, p)];
    const [square, product] = [zz * zz, mod(d * xx * yy, p)];
    const [less, more] = [mod(square - product, p), mod(square + product, p)];
    return [
      mod(zz * less * ((x1 + y1) * (x2 + y2) - xx - yy), p),
      mod(zz * more * (yy - a * xx), p),
      mod(less * more, p),
    ];
  };
  const sign = 1n << 255n;
  const read = (bytes) => {
    const written = number(bytes.toReversed());
    const y = written & (sign - 1n);
    if (bytes.length !== 32 || y >= p) throw new RangeError("no point");
    const square = y * y;
    const x = squareRoot(mod((square - 1n) * inverse(d * square - a, p), p), p);
    const isOdd = written >= sign;
    if (x === 0n && isOdd) throw new RangeError("no point");
    return [((x & 1n) === 1n) === isOdd ? x : p - x, y];
  };
  const write = ({ x, y }) => bytesOf((x & 1n) === 1n ? y | sign : y).reverse();
  const opposite = ([x, y, z]) => [mod(-x, p), y, z];
  return pointsOf(curve, {
    zero: [0n, 1n, 1n],
    sum,
    opposite,
    isZero: ([x, y, z]) => x === 0n && y === z,
    read,
    write,
  });
}
