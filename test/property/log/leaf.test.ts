/** Laws of leaves and of the text forms around them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode } from "../../../src/log/base64.ts";
import { decodeLeaf, encodeLeaf } from "../../../src/log/leaf.ts";

const key = fc
  .string({ unit: "grapheme", maxLength: 8 })
  .filter((one) => !["__proto__", "constructor", "prototype"].includes(one));
const { entry } = fc.letrec<{ entry: unknown; field: unknown }>((tie) => ({
  field: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "grapheme" }),
    fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("field"), { maxLength: 4 }),
    tie("entry"),
  ),
  entry: fc.dictionary(key, tie("field"), { maxKeys: 5, noNullPrototype: true }),
}));

test("an entry comes back from its leaf, whatever the order of its fields", () => {
  fc.assert(
    fc.property(entry, (one) => {
      const bytes = encodeLeaf(one);
      expect(decodeLeaf(bytes)).toEqual(one);
      const turned = Object.fromEntries(Object.entries(one as object).reverse());
      expect(encodeLeaf(turned)).toEqual(bytes);
    }),
    { numRuns: 500 },
  );
});

test("bytes that are read are the bytes that would be written", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const bytes = new TextEncoder().encode(text);
      let read: unknown;
      try {
        read = decodeLeaf(bytes);
      } catch {
        return;
      }
      expect(encodeLeaf(read)).toEqual(bytes);
    }),
    { numRuns: 1_000 },
  );
});

test("base64 is one text for the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decode(encode(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{1,12}={0,2}$/), (text) => {
      let bytes: Uint8Array;
      try {
        bytes = decode(text);
      } catch {
        return;
      }
      expect(encode(bytes)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});
