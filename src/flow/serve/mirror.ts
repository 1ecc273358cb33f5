/** Keeps the store's mirror of the gate's log up to date; everything serve knows of people and policies comes this way. */
import { decodeLeaf } from "../../log/leaf.ts";
import { entrySchema } from "../../log/entry.ts";
import { appendNodes, leafHash, type ReadNode, type TreeNode } from "../../log/merkle.ts";
import { utf8 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import { parseWith } from "../../values/schema.ts";
import { aboutEntry } from "./about.ts";
import { pass } from "./fault-points.ts";
import { beginFold, createRosterReader, foldEntry, type RosterReader } from "./fold.ts";
import type { Parts } from "./parts.ts";
import type { MirroredLeaf, MirroredPage } from "./store.port.ts";
import { placeOf, withNodes } from "./tree.ts";

export type Mirror = {
  /** Resolves once everything the gate had logged at the time of the call is in the store. */
  readonly pull: () => Promise<void>;
};

const pageSize = 100;

type MirrorParts = Pick<Parts, "store" | "gate" | "faults">;
type PullParts = MirrorParts & { readonly rosterOf: RosterReader };

/** One pull at a time; callers that come meanwhile share the one that follows. */
export function createMirror(parts: MirrorParts): Mirror {
  const pulling = { ...parts, rosterOf: createRosterReader() };
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const start = (): Promise<void> => {
    following = undefined;
    running = pullAll(pulling).finally(() => (running = undefined));
    return running;
  };
  return { pull: () => (running === undefined ? start() : (following ??= running.then(start, start))) };
}

async function pullAll(parts: PullParts): Promise<void> {
  let size = await parts.store.mirrored();
  for (;;) {
    const { leaves, size: gateSize } = await parts.gate.entries(size, pageSize);
    if (gateSize < size)
      throw new Fault("mirror.shrunk", `the gate has ${gateSize} leaves where it had ${size}`, "never");
    if (leaves.length === 0) return;
    await mirrorPage(parts, size, leaves);
    size = await parts.store.mirrored();
  }
}

async function mirrorPage(
  { store, faults, rosterOf }: PullParts,
  from: number,
  given: readonly { readonly index: number; readonly leaf: string }[],
): Promise<void> {
  const folding = await beginFold(store, rosterOf);
  const leaves: MirroredLeaf[] = [];
  for (const [i, { index, leaf }] of given.entries()) {
    if (index !== from + i)
      throw new Fault("mirror.out-of-order", `the gate gave leaf ${index} for leaf ${from + i}`, "safe");
    const entry = parseWith(entrySchema, decodeLeaf(utf8(leaf)), "mirror.entry");
    await foldEntry(folding, index, entry);
    leaves.push({ index, leaf, kind: entry.kind, about: aboutEntry(entry) });
  }
  const { statements, outcomes, transitions, changed } = folding;
  const documents = [...folding.documents.values()].filter((document) => changed.has(document.hash));
  const nodes = await withNodes(store, (read) => nodesOver(from, leaves, read));
  const page: MirroredPage = { from, leaves, nodes, statements, outcomes, documents };
  await pass(faults, "serve:before-store-mirror");
  // Stale when a replica or the worker was first: the next round reads what is there and folds again.
  await store.commit({ transitions, page });
  await pass(faults, "serve:after-store-mirror");
}

/** The nodes that these leaves complete; `read` gives those of the leaves before. */
function nodesOver(from: number, leaves: readonly MirroredLeaf[], read: ReadNode): readonly TreeNode[] {
  const own = new Map<string, TreeNode["hash"]>();
  return leaves.flatMap(({ leaf }, i) => {
    const added = appendNodes(
      from + i,
      leafHash(utf8(leaf)),
      (level, index) => own.get(placeOf(level, index)) ?? read(level, index),
    );
    for (const node of added) own.set(placeOf(node.level, node.index), node.hash);
    return added;
  });
}
