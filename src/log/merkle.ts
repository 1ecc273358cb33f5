/** The Merkle tree of RFC 6962 over SHA-256: hashes, the subtree nodes to keep, roots, and both kinds of proof. */
import { is, type Bytes32 } from "../values/bytes32.ts";
import { sha256 } from "../values/digest.ts";
import { invariant } from "../values/errors.ts";
import { concat, toBytes } from "../values/hex.ts";

/**
 * Hash of the complete subtree over leaves [index · 2^level, (index + 1) · 2^level).
 * Asked only for subtrees that lie inside the tree; throws rather than invent one.
 */
export type ReadNode = (level: number, index: number) => Bytes32;

export type TreeNode = { readonly level: number; readonly index: number; readonly hash: Bytes32 };

/** `size` and `root` come from one checkpoint: a root alone does not fix the number of leaves. */
export type InclusionClaim = {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Bytes32;
  readonly proof: readonly Bytes32[];
  readonly root: Bytes32;
};

/** Each size and its root come from one checkpoint. */
export type ConsistencyClaim = {
  readonly oldSize: number;
  readonly newSize: number;
  readonly oldRoot: Bytes32;
  readonly newRoot: Bytes32;
  readonly proof: readonly Bytes32[];
};

// The two prefixes keep an inner node from ever being read as a leaf.
const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** Root of the tree without leaves: the hash of nothing. */
export const emptyRoot: Bytes32 = sha256(new Uint8Array(0));

export function leafHash(bytes: Uint8Array): Bytes32 {
  return sha256(concat(leafPrefix, bytes));
}

export function nodeHash(left: Bytes32, right: Bytes32): Bytes32 {
  return sha256(concat(nodePrefix, toBytes(left), toBytes(right)));
}

/**
 * Every subtree that the leaf after the first `size` completes, its own node (level 0) first.
 * Storing them all lets `readNode` answer for the tree of `size + 1` leaves.
 */
export function appendNodes(size: number, leaf: Bytes32, readNode: ReadNode): readonly TreeNode[] {
  invariant(isSize(size) && isSize(size + 1), "a leaf is appended to a tree that has room for it");
  const nodes: TreeNode[] = [];
  let node: TreeNode = { level: 0, index: size, hash: leaf };
  nodes.push(node);
  while (node.index % 2 === 1) {
    const hash = nodeHash(readNode(node.level, node.index - 1), node.hash);
    node = { level: node.level + 1, index: (node.index - 1) / 2, hash };
    nodes.push(node);
  }
  return nodes;
}

/** Root of the tree of the first `size` leaves. */
export function rootAt(size: number, readNode: ReadNode): Bytes32 {
  invariant(isSize(size), "a tree has a whole number of leaves");
  return size === 0 ? emptyRoot : rangeRoot(0, size, readNode);
}

/** Sibling hashes from the leaf at `index` up to the root of the first `size` leaves (RFC 6962 §2.1.1). */
export function inclusionProof(index: number, size: number, readNode: ReadNode): readonly Bytes32[] {
  invariant(isSize(index) && isSize(size) && index < size, "a proof of inclusion is for a leaf inside the tree");
  const path = (start: number, end: number): readonly Bytes32[] => {
    if (end - start === 1) return [];
    const middle = start + leftWidth(end - start);
    return index < middle
      ? [...path(start, middle), rangeRoot(middle, end, readNode)]
      : [...path(middle, end), rangeRoot(start, middle, readNode)];
  };
  return path(0, size);
}

/**
 * True when the leaf hash is the one at `index` under the root of `size` leaves. Total: malformed input is `false`.
 * `hashNodes` may remember: the proofs of many leaves under one root name the same nodes again and again.
 */
export function verifyInclusion(claim: InclusionClaim, hashNodes: typeof nodeHash = nodeHash): boolean {
  const { index, size, proof, root } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || ![claim.leafHash, root, ...proof].every(is)) return false;
  const climb = climber(index, size - 1);
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (climb.atTop()) return false;
    hash = climb.next() === "left" ? hashNodes(sibling, hash) : hashNodes(hash, sibling);
  }
  return climb.atTop() && hash === root;
}

/** Hashes that show the first `oldSize` of `newSize` leaves to be the older tree (RFC 6962 §2.1.2). */
export function consistencyProof(oldSize: number, newSize: number, readNode: ReadNode): readonly Bytes32[] {
  invariant(isSize(oldSize) && isSize(newSize) && oldSize <= newSize, "a log is consistent with its own past only");
  if (oldSize === 0) return [];
  // `known`: the verifier holds the hash of this range already, for it is the old root itself.
  const subproof = (start: number, end: number, known: boolean): readonly Bytes32[] => {
    if (oldSize === end) return known ? [] : [rangeRoot(start, end, readNode)];
    const middle = start + leftWidth(end - start);
    return oldSize <= middle
      ? [...subproof(start, middle, known), rangeRoot(middle, end, readNode)]
      : [...subproof(middle, end, false), rangeRoot(start, middle, readNode)];
  };
  return subproof(0, newSize, true);
}

/** True when the new tree begins with all leaves of the old one, in order. Total: malformed input is `false`. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, newSize, oldRoot, newRoot, proof } = claim;
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(is) || (oldSize === 0 && oldRoot !== emptyRoot)) return false;
  if (oldSize === newSize) return proof.length === 0 && oldRoot === newRoot;
  if (oldSize === 0) return proof.length === 0;
  // A complete old tree is itself the first node of the proof, so the proof leaves it out.
  const nodes = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const [oldSeen, newSeen] = rootsOver(nodes, climber(oldSize - 1, newSize - 1));
  return oldSeen === oldRoot && newSeen === newRoot;
}

/** The two roots that a proof of consistency leads to; none when it has too few or too many hashes. */
function rootsOver([seed, ...siblings]: readonly Bytes32[], climb: Climber): readonly Bytes32[] {
  if (seed === undefined) return [];
  climb.skipCompleted();
  let oldHash = seed;
  let newHash = seed;
  for (const sibling of siblings) {
    if (climb.atTop()) return [];
    if (climb.next() === "left") {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
    } else {
      newHash = nodeHash(newHash, sibling);
    }
  }
  return climb.atTop() ? [oldHash, newHash] : [];
}

type Climber = {
  readonly atTop: () => boolean;
  /** Which side the next sibling stands on; moves up past it. */
  readonly next: () => "left" | "right";
  readonly skipCompleted: () => void;
};

/** Walks from `position` to the root over leaves 0 to `last` (RFC 9162 §2.1.3.2, §2.1.4.2), exact beyond 2^31. */
function climber(position: number, last: number): Climber {
  const up = (): void => {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  };
  return {
    atTop: () => last === 0,
    next: () => {
      const left = position % 2 === 1 || position === last;
      // On the right edge, levels where this node has no sibling are passed without a hash.
      while (left && position % 2 === 0 && position !== 0) up();
      up();
      return left ? "left" : "right";
    },
    skipCompleted: () => {
      while (position % 2 === 1) up();
    },
  };
}

/** Root over leaves [start, end), where `start` is a multiple of every complete subtree the range splits into. */
function rangeRoot(start: number, end: number, readNode: ReadNode): Bytes32 {
  const length = end - start;
  let level = 0;
  let width = 1;
  while (width * 2 <= length) {
    width *= 2;
    level += 1;
  }
  const left = readNode(level, start / width);
  return width === length ? left : nodeHash(left, rangeRoot(start + width, end, readNode));
}

/** The largest power of two below `length`: where RFC 6962 splits a tree. */
function leftWidth(length: number): number {
  let width = 1;
  while (width * 2 < length) width *= 2;
  return width;
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || leftWidth(size) * 2 === size;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
