/** Laws of the log for trees of any shape. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  consistencyProof,
  inclusionProof,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/log/merkle.ts";
import { flip, leafOf, textbookRoot, treeOf } from "../../unit/log/memory-tree.ts";

const most = 5_000;
const tree = treeOf(most);
const size = fc.integer({ min: 1, max: most });

/** A size and an index below it. */
const place = size.chain((n) => fc.record({ size: fc.constant(n), index: fc.nat(n - 1) }));
const pair = size.chain((n) => fc.record({ newSize: fc.constant(n), oldSize: fc.integer({ min: 1, max: n }) }));

const inclusion = (index: number, n: number) => ({
  index,
  size: n,
  leafHash: leafOf(index),
  root: rootAt(n, tree.readNode),
  proof: inclusionProof(index, n, tree.readNode),
});
const consistency = (oldSize: number, newSize: number) => ({
  oldSize,
  newSize,
  oldRoot: rootAt(oldSize, tree.readNode),
  newRoot: rootAt(newSize, tree.readNode),
  proof: consistencyProof(oldSize, newSize, tree.readNode),
});

test("the root over kept nodes is the root of the textbook", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), (n) => {
      expect(rootAt(n, tree.readNode)).toBe(textbookRoot(tree.leaves.slice(0, n)));
    }),
    { numRuns: 40 },
  );
});

test("every leaf is proved in every tree that holds it, at no other index and as no other leaf", () => {
  fc.assert(
    fc.property(place, fc.nat(most - 1), ({ index, size: n }, other) => {
      const claim = inclusion(index, n);
      expect(verifyInclusion(claim)).toBe(true);
      expect(claim.proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(n)));
      fc.pre(other !== index);
      expect(verifyInclusion({ ...claim, index: other })).toBe(false);
      expect(verifyInclusion({ ...claim, leafHash: leafOf(other) })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("one turned bit anywhere in a proof of inclusion fails it", () => {
  fc.assert(
    fc.property(place, fc.nat(255), fc.nat(), ({ index, size: n }, bit, pick) => {
      const claim = inclusion(index, n);
      expect(verifyInclusion({ ...claim, root: flip(claim.root, bit) })).toBe(false);
      expect(verifyInclusion({ ...claim, leafHash: flip(claim.leafHash, bit) })).toBe(false);
      fc.pre(claim.proof.length > 0);
      const at = pick % claim.proof.length;
      const proof = claim.proof.map((hash, i) => (i === at ? flip(hash, bit) : hash));
      expect(verifyInclusion({ ...claim, proof })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("every tree is proved to continue every older one, and one turned bit fails it", () => {
  fc.assert(
    fc.property(pair, fc.nat(255), fc.nat(), ({ oldSize, newSize }, bit, pick) => {
      const claim = consistency(oldSize, newSize);
      expect(verifyConsistency(claim)).toBe(true);
      expect(verifyConsistency({ ...claim, oldRoot: flip(claim.oldRoot, bit) })).toBe(false);
      expect(verifyConsistency({ ...claim, newRoot: flip(claim.newRoot, bit) })).toBe(false);
      fc.pre(claim.proof.length > 0);
      const at = pick % claim.proof.length;
      const proof = claim.proof.map((hash, i) => (i === at ? flip(hash, bit) : hash));
      expect(verifyConsistency({ ...claim, proof })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("a proof of consistency serves its own old size only", () => {
  fc.assert(
    fc.property(pair, size, ({ oldSize, newSize }, other) => {
      fc.pre(other !== oldSize);
      expect(verifyConsistency({ ...consistency(oldSize, newSize), oldSize: other })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("no list of hashes proves a leaf that is not there", () => {
  const hashes = fc.array(fc.nat(most - 1).map(leafOf), { maxLength: 16 });
  fc.assert(
    fc.property(place, hashes, ({ index, size: n }, proof) => {
      expect(verifyInclusion({ ...inclusion(index, n), leafHash: leafOf(most + 1), proof })).toBe(false);
    }),
    { numRuns: 300 },
  );
});
