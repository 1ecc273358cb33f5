/**
 * SHA-256 and SHA-512 (FIPS 180-4) and Keccak-256, as the console's pages carry them: whole messages alone, and every constant made from
 * its definition. A test holds them against noble's and OpenSSL's.
 */

/** The greatest whole number whose power is not above `n`. */
function rootOf(n, power) {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / Number(power)));
  for (;;) {
    const next = ((power - 1n) * root + n / root ** (power - 1n)) / power;
    if (next >= root) return root;
    root = next;
  }
}

const primes = [];
for (let n = 2n; primes.length < 80; n += 1n) if (primes.every((prime) => n % prime !== 0n)) primes.push(n);

/** The first 64 bits behind the point of each prime's root. */
const fractions = (some, power) => some.map((prime) => BigInt.asUintN(64, rootOf(prime << (64n * power), power)));
const starts = fractions(primes.slice(0, 8), 2n);
const rounds = fractions(primes, 3n);
const upper = (words) => Int32Array.from(words, (word) => Number(word >> 32n));
const [shortStarts, shortRounds] = [upper(starts), upper(rounds)];

/** The message, one bit, zeros, and its length in bits at the end of the last block. */
function padded(bytes, block) {
  const whole = new Uint8Array(Math.ceil((bytes.length + 1 + block / 8) / block) * block);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return view;
}

const turned = (word, by) => (word >>> by) | (word << (32 - by));
const schedule = new Int32Array(64);

export function sha256(bytes) {
  const view = padded(bytes, 64);
  const state = shortStarts.slice();
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const early = schedule[i - 15];
      const late = schedule[i - 2];
      const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
      const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
      schedule[i] = schedule[i - 16] + first + schedule[i - 7] + second;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const chosen = (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g));
      const one = (h + chosen + shortRounds[i] + schedule[i]) | 0;
      const two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word));
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setInt32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

const word64 = (word) => BigInt.asUintN(64, word);
const turned64 = (word, by) => (word >> by) | word64(word << (64n - by));

export function sha512(bytes) {
  const view = padded(bytes, 128);
  const state = [...starts];
  for (let at = 0; at < view.byteLength; at += 128) {
    const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i += 1) {
      const [early, late] = [words[i - 15], words[i - 2]];
      const first = turned64(early, 1n) ^ turned64(early, 8n) ^ (early >> 7n);
      const second = turned64(late, 19n) ^ turned64(late, 61n) ^ (late >> 6n);
      words[i] = word64(words[i - 16] + first + words[i - 7] + second);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i += 1) {
      const chosen = (turned64(e, 14n) ^ turned64(e, 18n) ^ turned64(e, 41n)) + ((e & f) ^ (~e & g));
      const one = h + chosen + rounds[i] + words[i];
      const two = (turned64(a, 28n) ^ turned64(a, 34n) ^ turned64(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, word64(d + one), c, b, a, word64(one + two)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = word64(state[i] + word)));
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => digest.setBigUint64(8 * i, word));
  return new Uint8Array(digest.buffer);
}

/** For each lane where the one before it goes and how far that is turned, in the order in which one leads to the next. */
const moves = [];
for (let x = 1, y = 0, t = 1; t < 25; t += 1) {
  [x, y] = [y, (2 * x + 3 * y) % 5];
  moves.push(10 * y + 2 * x, ((t * (t + 1)) / 2) % 64);
}

/** Bits 0, 1, 3, 7, 15, 31 and 63 of each round's constant come from a register of eight bits; as the lower and the upper word. */
const marks = [];
for (let register = 1, round = 0; round < 24; round += 1) {
  const mark = [0, 0];
  for (let bit = 1; bit <= 64; bit *= 2) {
    if (register & 1) mark[bit > 32 ? 1 : 0] ^= 1 << (bit - 1);
    register = (register << 1) ^ ((register >> 7) * 0x171);
  }
  marks.push(mark);
}

/** Keccak-f[1600] on 25 lanes of two words each, the lower first. */
function permute(lanes) {
  const columns = new Int32Array(10);
  const row = new Int32Array(10);
  for (const mark of marks) {
    for (let i = 0; i < 10; i += 1)
      columns[i] = lanes[i] ^ lanes[i + 10] ^ lanes[i + 20] ^ lanes[i + 30] ^ lanes[i + 40];
    for (let x = 0; x < 10; x += 2) {
      const before = (x + 8) % 10;
      const after = (x + 2) % 10;
      const first = columns[before] ^ (columns[after] << 1) ^ (columns[after + 1] >>> 31);
      const second = columns[before + 1] ^ (columns[after + 1] << 1) ^ (columns[after] >>> 31);
      for (let y = x; y < 50; y += 10) {
        lanes[y] ^= first;
        lanes[y + 1] ^= second;
      }
    }
    let low = lanes[2];
    let high = lanes[3];
    for (let i = 0; i < 48; i += 2) {
      const to = moves[i];
      const by = moves[i + 1];
      const [one, other] = by > 32 ? [high, low] : [low, high];
      low = lanes[to];
      high = lanes[to + 1];
      // A word is turned by its lower five bits.
      lanes[to] = (one << by) | (other >>> -by);
      lanes[to + 1] = (other << by) | (one >>> -by);
    }
    for (let y = 0; y < 50; y += 10) {
      for (let i = 0; i < 10; i += 1) row[i] = lanes[y + i];
      for (let i = 0; i < 10; i += 1) lanes[y + i] ^= ~row[(i + 2) % 10] & row[(i + 4) % 10];
    }
    lanes[0] ^= mark[0];
    lanes[1] ^= mark[1];
  }
}

/** With the padding of 1600-bit Keccak as it was before SHA-3: one bit at the start and one at the end of what is filled up. */
export function keccak_256(bytes) {
  const rate = 136;
  const whole = new Uint8Array(Math.floor(bytes.length / rate + 1) * rate);
  whole.set(bytes);
  whole[bytes.length] = 1;
  whole[whole.length - 1] |= 0x80;
  const view = new DataView(whole.buffer);
  const lanes = new Int32Array(50);
  for (let at = 0; at < whole.length; at += rate) {
    for (let i = 0; i < rate / 4; i += 1) lanes[i] ^= view.getInt32(at + 4 * i, true);
    permute(lanes);
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 8; i += 1) digest.setInt32(4 * i, lanes[i], true);
  return new Uint8Array(digest.buffer);
}
