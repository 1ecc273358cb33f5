/** The hash functions are those of OpenSSL and ethers. */
import { createHash } from "node:crypto";
import { keccak256 as ethersKeccak } from "ethers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { keccak256, sha256, utf8 } from "../../../src/values/digest.ts";

it("hashes as OpenSSL and ethers do", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes)).toBe(`0x${createHash("sha256").update(bytes).digest("hex")}`);
      expect(keccak256(bytes)).toBe(ethersKeccak(bytes));
    }),
  );
});

it("writes text as UTF-8", () => {
  expect([...utf8("é€")]).toEqual([0xc3, 0xa9, 0xe2, 0x82, 0xac]);
});
