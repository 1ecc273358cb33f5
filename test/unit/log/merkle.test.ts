/** The Merkle tree against the published vectors, exhaustively up to forty leaves, and against every near miss. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { toBytes, type Hex } from "../../../src/values/hex.ts";
import {
  appendNodes,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/log/merkle.ts";
import { flip, grow, leafOf, textbookRoot, treeOf } from "./memory-tree.ts";

type Vectors = {
  leaves: Hex[];
  leafHashes: Bytes32[];
  roots: Bytes32[];
  inclusion: { index: number; size: number; proof: Bytes32[] }[];
  consistency: { oldSize: number; newSize: number; proof: Bytes32[] }[];
};
const vectors = JSON.parse(readFileSync(new URL("../../vectors/log/rfc6962.json", import.meta.url), "utf8")) as Vectors;
const published = grow(vectors.leaves.map((leaf) => leafHash(toBytes(leaf))));

const most = 40;
const forty = treeOf(most);
const roots = Array.from({ length: most + 1 }, (_, size) => rootAt(size, forty.readNode));
const lengthOfPath = (index: number, size: number): number => {
  if (size === 1) return 0;
  let k = 1;
  while (k * 2 < size) k *= 2;
  return 1 + (index < k ? lengthOfPath(index, k) : lengthOfPath(index - k, size - k));
};

describe("the published tree of eight leaves", () => {
  test("has the published leaf hashes and roots at every size", () => {
    expect(published.leaves).toEqual(vectors.leafHashes);
    expect(vectors.roots.map((_, size) => rootAt(size, published.readNode))).toEqual(vectors.roots);
    expect(emptyRoot).toBe("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(vectors.roots[8]).toBe("0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  });

  test("gives the listed proofs of inclusion, and they verify", () => {
    expect(vectors.inclusion).toHaveLength(36);
    for (const { index, size, proof } of vectors.inclusion) {
      expect(inclusionProof(index, size, published.readNode)).toEqual(proof);
      const claim = { index, size, leafHash: vectors.leafHashes[index]!, proof, root: vectors.roots[size]! };
      expect(verifyInclusion(claim)).toBe(true);
    }
  });

  test("gives the listed proofs of consistency, and they verify", () => {
    expect(vectors.consistency).toHaveLength(36);
    for (const { oldSize, newSize, proof } of vectors.consistency) {
      expect(consistencyProof(oldSize, newSize, published.readNode)).toEqual(proof);
      const claim = { oldSize, newSize, proof, oldRoot: vectors.roots[oldSize]!, newRoot: vectors.roots[newSize]! };
      expect(verifyConsistency(claim)).toBe(true);
    }
  });
});

describe("kept nodes", () => {
  test("are the root of the textbook at every size", () => {
    for (let size = 0; size <= most; size += 1) expect(roots[size]).toBe(textbookRoot(forty.leaves.slice(0, size)));
  });

  test("are the leaf itself and each subtree it completes", () => {
    const seven = appendNodes(7, leafOf(7), treeOf(7).readNode);
    expect(seven.map(({ level, index }) => [level, index])).toEqual([
      [0, 7],
      [1, 3],
      [2, 1],
      [3, 0],
    ]);
    expect(seven[3]?.hash).toBe(roots[8]);
    expect(appendNodes(6, leafOf(6), treeOf(6).readNode)).toEqual([{ level: 0, index: 6, hash: leafOf(6) }]);
  });

  test("are read a logarithmic number of times", () => {
    const tree = treeOf(1000);
    const before = tree.reads();
    rootAt(1000, tree.readNode);
    inclusionProof(421, 1000, tree.readNode);
    expect(tree.reads() - before).toBeLessThan(40);
  });

  test("tell the tree of a, b, c from the tree of a, b, c, c", () => {
    const [a, b, c] = [leafOf(0), leafOf(1), leafOf(2)];
    expect(rootAt(3, grow([a, b, c]).readNode)).not.toBe(rootAt(4, grow([a, b, c, c]).readNode));
  });

  test("lead to a right root beyond the 32-bit range", () => {
    const size = 2 ** 40 + 3;
    const readNode = (level: number, index: number): Bytes32 => leafHash(new TextEncoder().encode(`${level}/${index}`));
    const nodes = appendNodes(size, leafOf(0), readNode);
    expect(nodes.map(({ level, index }) => [level, index])).toEqual([
      [0, size],
      [1, 2 ** 39 + 1],
      [2, 2 ** 38],
    ]);
    const root = nodeHash(readNode(40, 0), nodeHash(readNode(1, 2 ** 39), readNode(0, 2 ** 40 + 2)));
    expect(rootAt(size, readNode)).toBe(root);
    const proof = inclusionProof(2 ** 40 + 2, size, readNode);
    expect(proof).toEqual([readNode(1, 2 ** 39), readNode(40, 0)]);
    const claim = { index: 2 ** 40 + 2, size, leafHash: readNode(0, 2 ** 40 + 2), proof, root };
    expect(verifyInclusion(claim)).toBe(true);
    expect(verifyInclusion({ ...claim, index: claim.index - 2 ** 32 })).toBe(false);
    const since = { oldSize: 2 ** 40, newSize: size, oldRoot: readNode(40, 0), newRoot: root };
    expect(verifyConsistency({ ...since, proof: consistencyProof(2 ** 40, size, readNode) })).toBe(true);
    expect(verifyConsistency({ ...since, oldSize: 2 ** 39, proof: consistencyProof(2 ** 40, size, readNode) })).toBe(
      false,
    );
  });
});

describe("inclusion, every leaf of every tree up to forty leaves", () => {
  const claims = roots.flatMap((root, size) =>
    Array.from({ length: size }, (_, index) => ({
      index,
      size,
      root,
      leafHash: leafOf(index),
      proof: inclusionProof(index, size, forty.readNode),
    })),
  );

  test("proves with exactly as many hashes as the path is long", () => {
    expect(claims).toHaveLength((most * (most + 1)) / 2);
    for (const claim of claims) {
      expect(verifyInclusion(claim)).toBe(true);
      expect(claim.proof).toHaveLength(lengthOfPath(claim.index, claim.size));
    }
  });

  test("fails at every other index", () => {
    for (const claim of claims) {
      for (let index = -1; index <= claim.size; index += 1) {
        if (index !== claim.index && verifyInclusion({ ...claim, index }))
          expect.fail(`${claim.index} of ${claim.size} at ${index}`);
      }
    }
  });

  test("fails with another leaf, with another root", () => {
    for (const claim of claims) {
      expect(verifyInclusion({ ...claim, leafHash: leafOf(claim.index + 1) })).toBe(false);
      expect(verifyInclusion({ ...claim, root: roots[claim.size - 1]! })).toBe(false);
    }
  });

  test("fails with a hash too few, too many, or in another order", () => {
    for (const claim of claims) {
      const { proof } = claim;
      const others = [
        [...proof, leafOf(0)],
        [...proof, claim.root],
        [leafOf(0), ...proof],
        [claim.leafHash, ...proof],
        ...(proof.length > 0 ? [proof.slice(1), proof.slice(0, -1)] : []),
        ...(proof.length > 1 ? [[...proof].reverse()] : []),
      ];
      for (const other of others) expect(verifyInclusion({ ...claim, proof: other })).toBe(false);
    }
  });

  test("fails with hashes above the top, though they lead to the root", () => {
    for (const size of [2, 4, 8, 16, 32]) {
      const proof = inclusionProof(size - 1, size, forty.readNode);
      const last = { leafHash: leafOf(size - 1), proof, root: roots[size]! };
      expect(verifyInclusion({ ...last, index: size - 1, size })).toBe(true);
      for (let less = 1; less < size; less *= 2) {
        expect(verifyInclusion({ ...last, index: less - 1, size: less })).toBe(false);
      }
    }
  });

  test("fails with any one bit of leaf, root or proof turned", () => {
    for (const claim of claims.filter(({ size }) => size === 13)) {
      for (let bit = 0; bit < 256; bit += 1) {
        expect(verifyInclusion({ ...claim, leafHash: flip(claim.leafHash, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flip(claim.root, bit) })).toBe(false);
        const at = bit % claim.proof.length;
        const proof = claim.proof.map((hash, i) => (i === at ? flip(hash, bit) : hash));
        expect(verifyInclusion({ ...claim, proof })).toBe(false);
      }
    }
  });

  test("never takes an inner node for a leaf", () => {
    const bytesOfNode = Uint8Array.from([...toBytes(leafOf(0)), ...toBytes(leafOf(1))]);
    const inner = nodeHash(leafOf(0), leafOf(1));
    expect(leafHash(bytesOfNode)).not.toBe(inner);
    expect(leafHash(Uint8Array.of(1, ...bytesOfNode))).not.toBe(inner);
    for (const claim of claims.filter(({ size }) => size <= 24)) {
      for (let up = 1; up <= claim.proof.length; up += 1) {
        const ancestor = claim.proof.slice(0, up).reduce((hash, sibling) => nodeHash(hash, sibling), claim.leafHash);
        const proof = claim.proof.slice(up);
        const accepted = roots
          .slice(0, claim.size)
          .some((_, index) => verifyInclusion({ ...claim, index, leafHash: ancestor, proof }));
        if (accepted) expect.fail(`${claim.index} of ${claim.size}, ${up} up`);
      }
    }
    const four = { size: 4, leafHash: inner, proof: [nodeHash(leafOf(2), leafOf(3))], root: roots[4]! };
    for (const index of [0, 1, 2, 3]) expect(verifyInclusion({ ...four, index })).toBe(false);
  });

  test("is false, not an error, for what is no claim at all", () => {
    const claim = claims.at(-1)!;
    const size = claim.size;
    for (const index of [-1, 0.5, Number.NaN, Infinity, size, 2 ** 53])
      expect(verifyInclusion({ ...claim, index })).toBe(false);
    for (const bad of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])
      expect(verifyInclusion({ ...claim, size: bad })).toBe(false);
    const shouted = claim.proof.map((hash) => `0x${hash.slice(2).toUpperCase()}` as Bytes32);
    expect(verifyInclusion({ ...claim, proof: shouted })).toBe(false);
    expect(verifyInclusion({ ...claim, proof: ["0x" as Bytes32, ...claim.proof.slice(1)] })).toBe(false);
  });
});

describe("consistency, every pair of trees up to forty leaves", () => {
  const claims = roots.flatMap((newRoot, newSize) =>
    Array.from({ length: newSize + 1 }, (_, oldSize) => ({
      oldSize,
      newSize,
      newRoot,
      oldRoot: roots[oldSize]!,
      proof: consistencyProof(oldSize, newSize, forty.readNode),
    })),
  );

  test("is proved, with no hash at all from the empty and to the same tree", () => {
    expect(claims).toHaveLength(((most + 1) * (most + 2)) / 2);
    for (const claim of claims) {
      expect(verifyConsistency(claim)).toBe(true);
      expect(claim.proof.length === 0).toBe(claim.oldSize === 0 || claim.oldSize === claim.newSize);
    }
  });

  test("fails at every other old or new size", () => {
    for (const claim of claims.filter(({ newSize }) => newSize > 1)) {
      for (let oldSize = 0; oldSize <= most; oldSize += 1) {
        if (oldSize !== claim.oldSize && verifyConsistency({ ...claim, oldSize })) {
          expect.fail(`${claim.oldSize} to ${claim.newSize} passes as from ${oldSize}`);
        }
      }
    }
  });

  test("fails with another root on either side", () => {
    for (const claim of claims) {
      expect(verifyConsistency({ ...claim, oldRoot: flip(claim.oldRoot, claim.newSize) })).toBe(false);
      if (claim.oldSize > 0)
        expect(verifyConsistency({ ...claim, newRoot: flip(claim.newRoot, claim.newSize) })).toBe(false);
    }
  });

  test("fails with a hash too few, too many, or in another order", () => {
    for (const claim of claims) {
      const { proof } = claim;
      const others = [
        [...proof, leafOf(0)],
        [...proof, claim.newRoot],
        [leafOf(0), ...proof],
        [claim.oldRoot, ...proof],
        ...(proof.length > 0 ? [proof.slice(1), proof.slice(0, -1)] : []),
        ...(proof.length > 1 ? [[...proof].reverse()] : []),
      ];
      for (const other of others) expect(verifyConsistency({ ...claim, proof: other })).toBe(false);
    }
  });

  test("fails when any hash of the proof has one bit turned", () => {
    for (const claim of claims) {
      claim.proof.forEach((hash, at) => {
        const proof = claim.proof.map((one, i) => (i === at ? flip(hash, claim.newSize * 5 + at) : one));
        expect(verifyConsistency({ ...claim, proof })).toBe(false);
      });
    }
  });

  test("fails between a log and its fork, whoever makes the proof", () => {
    for (let changed = 0; changed < 12; changed += 1) {
      const fork = grow(forty.leaves.map((leaf, i) => (i === changed ? leafOf(1000) : leaf)));
      const newRoot = rootAt(20, fork.readNode);
      for (let oldSize = changed + 1; oldSize < 20; oldSize += 1) {
        const from = { oldSize, newSize: 20, oldRoot: roots[oldSize]!, newRoot };
        expect(verifyConsistency({ ...from, proof: consistencyProof(oldSize, 20, fork.readNode) })).toBe(false);
        expect(verifyConsistency({ ...from, proof: consistencyProof(oldSize, 20, forty.readNode) })).toBe(false);
      }
    }
  });

  test("never runs backwards, and the empty tree has one root", () => {
    expect(verifyConsistency({ oldSize: 5, newSize: 3, oldRoot: roots[5]!, newRoot: roots[3]!, proof: [] })).toBe(
      false,
    );
    expect(verifyConsistency({ oldSize: 0, newSize: 3, oldRoot: leafOf(0), newRoot: roots[3]!, proof: [] })).toBe(
      false,
    );
    expect(verifyConsistency({ oldSize: 0, newSize: 0, oldRoot: leafOf(0), newRoot: leafOf(0), proof: [] })).toBe(
      false,
    );
    expect(() => consistencyProof(5, 3, forty.readNode)).toThrow("its own past");
  });

  test("is false, not an error, for what is no claim at all", () => {
    const claim = {
      oldSize: 3,
      newSize: 7,
      oldRoot: roots[3]!,
      newRoot: roots[7]!,
      proof: consistencyProof(3, 7, forty.readNode),
    };
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(verifyConsistency({ ...claim, oldSize: bad })).toBe(false);
      expect(verifyConsistency({ ...claim, newSize: bad })).toBe(false);
    }
    expect(verifyConsistency({ ...claim, proof: ["nonsense" as Bytes32, ...claim.proof.slice(1)] })).toBe(false);
  });
});

test("asking for a proof of what the tree does not hold is a bug of ours", () => {
  for (const index of [40, -1, 0.5]) expect(() => inclusionProof(index, 40, forty.readNode)).toThrow("inside the tree");
  expect(() => rootAt(-1, forty.readNode)).toThrow("whole number");
  expect(() => appendNodes(Number.MAX_SAFE_INTEGER, leafOf(0), forty.readNode)).toThrow("room");
});
