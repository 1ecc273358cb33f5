/** A tree kept as a journal keeps it (every completed subtree node, read back by level and index), and the textbook root. */
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { appendNodes, emptyRoot, leafHash, nodeHash, type ReadNode } from "../../../src/log/merkle.ts";

export type MemoryTree = {
  readonly leaves: readonly Bytes32[];
  readonly readNode: ReadNode;
  readonly reads: () => number;
};

export const leafOf = (i: number): Bytes32 => leafHash(new TextEncoder().encode(`leaf ${String(i)}`));

export function grow(leaves: readonly Bytes32[]): MemoryTree {
  const nodes = new Map<string, Bytes32>();
  let reads = 0;
  const readNode: ReadNode = (level, index) => {
    reads += 1;
    const hash = nodes.get(`${String(level)}/${String(index)}`);
    if (hash === undefined) throw new Error(`no node at level ${String(level)}, index ${String(index)}`);
    return hash;
  };
  leaves.forEach((leaf, size) => {
    for (const node of appendNodes(size, leaf, readNode)) {
      const key = `${String(node.level)}/${String(node.index)}`;
      if (nodes.has(key)) throw new Error(`node ${key} is completed twice`);
      nodes.set(key, node.hash);
    }
  });
  return { leaves, readNode, reads: () => reads };
}

export const treeOf = (size: number): MemoryTree => grow(Array.from({ length: size }, (_, i) => leafOf(i)));

/** RFC 6962 §2.1 word for word, from the leaves and without kept nodes. */
export function textbookRoot(leaves: readonly Bytes32[]): Bytes32 {
  if (leaves.length === 0) return emptyRoot;
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(textbookRoot(leaves.slice(0, k)), textbookRoot(leaves.slice(k)));
}

/** The same 32 bytes with one bit turned. */
export function flip(hash: Bytes32, bit: number): Bytes32 {
  const at = 2 + Math.floor(bit / 4);
  const digit = Number.parseInt(hash.charAt(at), 16) ^ (1 << (bit % 4));
  return `${hash.slice(0, at)}${digit.toString(16)}${hash.slice(at + 1)}` as Bytes32;
}
