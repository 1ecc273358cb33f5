/** The hash functions of the house, as OpenSSL, noble and the console's pages make them. */
import { createHash } from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "../../../src/values/digest.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { pagesHashes } from "./pages.ts";

const openssl = (name: string) => (bytes: Uint8Array) => new Uint8Array(createHash(name).update(bytes).digest());

/** A reference for each: OpenSSL has no Keccak as it was before SHA-3. */
const pairs = [
  ["SHA-256", pagesHashes.sha256, [openssl("sha256"), sha256]],
  ["SHA-512", pagesHashes.sha512, [openssl("sha512"), sha512]],
  ["Keccak-256", pagesHashes.keccak_256, [keccak_256]],
] as const;

test.each(pairs)("%s of every length up to three blocks is everybody's", (_, own, others) => {
  for (let length = 0; length <= 420; length += 1) {
    const bytes = Uint8Array.from({ length }, (__, at) => (at * 31 + length) & 255);
    for (const other of others) expect(fromBytes(own(bytes)), `${length} bytes`).toBe(fromBytes(other(bytes)));
  }
});

test.each(pairs)("%s of any bytes is everybody's, and of other bytes another", (_, own, others) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.nat(), (bytes, at) => {
      for (const other of others) expect(fromBytes(own(bytes))).toBe(fromBytes(other(bytes)));
      if (bytes.length === 0) return;
      const changed = bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ 1);
      expect(fromBytes(own(changed))).not.toBe(fromBytes(own(bytes)));
    }),
    { numRuns: 200 },
  );
});

test.each(pairs)("%s of a part of a larger buffer is that of the part", (_, own, others) => {
  const whole = utf8("before the message behind");
  expect(fromBytes(own(whole.subarray(7, 18)))).toBe(fromBytes(others[0](whole.slice(7, 18))));
});
