/** What the log key signed: whether the checkpoint is its own, and which leaves do not hash into the signed root. */
import { originOf, verifyCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { nodeHash, verifyInclusion } from "../log/merkle.ts";
import { cosigners, lacksWitnesses, type Cosigner, type Witnesses } from "../log/witnessed.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { Bundle, BundleLeaf } from "./bundle.ts";
import { finding, type Finding } from "./finding.ts";

export type Seal =
  | {
      readonly kind: "signed";
      readonly checkpoint: Checkpoint;
      readonly broken: readonly BundleLeaf[];
      /** Witnesses of the genesis who cosigned it, and what is missing of as many as it asks for. */
      readonly cosigned: readonly Cosigner[];
      readonly lacking: string | undefined;
    }
  /** Not the log's own word: nothing can be said of single leaves then. */
  | { readonly kind: "unsigned"; readonly why: string };

export function examineSeal(
  bundle: Bundle,
  log: { readonly deploymentId: Bytes32; readonly publicKey: Hex; readonly witnesses: Witnesses },
  checks: SignatureChecks,
): Seal {
  try {
    const key = { name: originOf(log.deploymentId), publicKey: log.publicKey };
    const signed = verifyCheckpoint(bundle.checkpoint, key, checks);
    const { checkpoint } = signed;
    const cosigned = cosigners(signed, log.witnesses, checks);
    const lacking = lacksWitnesses(cosigned, log.witnesses);
    const hashNodes = remembered(nodeHash);
    const broken = bundle.leaves.filter((leaf) => !isIncluded(leaf, checkpoint, hashNodes));
    return { kind: "signed", checkpoint, broken, cosigned, lacking };
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "unsigned", why: error.message };
    throw error;
  }
}

function isIncluded({ hash, index, proof }: BundleLeaf, { size, root }: Checkpoint, hashNodes = nodeHash): boolean {
  return verifyInclusion({ index, size, leafHash: hash, proof, root }, hashNodes);
}

/** The same hashes for the length of one verification. */
function remembered(hashNodes: typeof nodeHash): typeof nodeHash {
  const known = new Map<string, Bytes32>();
  return (left, right) => {
    const key = left + right;
    const hash = known.get(key) ?? hashNodes(left, right);
    known.set(key, hash);
    return hash;
  };
}

/** How far to look for the index that a proof belongs to. */
const maxTries = 4_096;

/**
 * Which part of a leaf that does not hash into the root was changed, as far as its neighbours tell: leaves that do hash into it
 * fix the hashes of the subtrees they have in common. `undefined` when entry and proof are equally suspect.
 */
export function locate(broken: BundleLeaf, seal: Extract<Seal, { kind: "signed" }>, bundle: Bundle): Finding {
  const { checkpoint } = seal;
  const { field, index, proof } = broken;
  if (index >= checkpoint.size) return finding(`${field}.index`, `the signed log has ${checkpoint.size} leaves`);
  const elsewhere = otherIndex(broken, checkpoint);
  if (elsewhere !== undefined) {
    return finding(`${field}.index`, `the proof is of leaf ${elsewhere}, not of leaf ${index}`);
  }
  const known = knownHashes(
    bundle.leaves.filter((leaf) => !seal.broken.includes(leaf)),
    checkpoint,
  );
  const steps = climb(index, checkpoint.size);
  if (steps.length !== proof.length) return finding(`${field}.proof`, "a proof for this place has another length");
  const strange = steps.findIndex(({ sibling }, level) => (known.get(sibling) ?? proof[level]) !== proof[level]);
  if (strange >= 0) return finding(`${field}.proof[${strange}]`, "the other leaves prove another hash at this place");
  const own = known.get(rangeName(index, index + 1));
  if (own === broken.hash) return finding(`${field}.proof`, "the proof does not lead to the root");
  const sure = own !== undefined || steps.every(({ sibling }) => known.has(sibling));
  return finding(sure ? `${field}.entry` : field, "it does not hash into the root that the log key signed");
}

function otherIndex(leaf: BundleLeaf, checkpoint: Checkpoint): number | undefined {
  const from = Math.max(0, Math.min(leaf.index, checkpoint.size) - maxTries / 2);
  for (let index = from; index < Math.min(checkpoint.size, from + maxTries); index += 1) {
    if (isIncluded({ ...leaf, index }, checkpoint)) return index;
  }
  return undefined;
}

type Step = { readonly own: string; readonly sibling: string; readonly left: boolean };

/** The subtrees on the way from a leaf to the root, lowest first, as `from-to` (RFC 6962 §2.1.1). */
function climb(index: number, size: number): readonly Step[] {
  const steps: Step[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1 && index < size) {
    let width = 1;
    while (width * 2 < end - start) width *= 2;
    const middle = start + width;
    const inLeft = index < middle;
    const [lower, upper] = [rangeName(start, middle), rangeName(middle, end)];
    steps.push(inLeft ? { own: lower, sibling: upper, left: false } : { own: upper, sibling: lower, left: true });
    if (inLeft) end = middle;
    else start = middle;
  }
  return steps.reverse();
}

function rangeName(start: number, end: number): string {
  return `${start}-${end}`;
}

/** Hashes of subtrees that leaves under the root prove. */
function knownHashes(leaves: readonly BundleLeaf[], { size }: Checkpoint): ReadonlyMap<string, Bytes32> {
  const known = new Map<string, Bytes32>();
  for (const { hash: leaf, index, proof } of leaves) {
    let hash = leaf;
    for (const [level, { own, sibling, left }] of climb(index, size).entries()) {
      const beside = proof[level];
      if (beside === undefined) break;
      known.set(own, hash);
      known.set(sibling, beside);
      hash = left ? nodeHash(beside, hash) : nodeHash(hash, beside);
    }
  }
  return known;
}
