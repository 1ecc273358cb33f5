/** Keeps the store's mirror of the gate's log up to date; everything serve knows of people and policies comes this way. */
import { parse as parseCheckpoint, type Checkpoint } from "../../log/checkpoint.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { entrySchema } from "../../log/entry.ts";
import { appendNodes, leafHash, rootAt, type ReadNode, type TreeNode } from "../../log/merkle.ts";
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
  /**
   * Resolves once everything the gate had logged at the time of the call is in the store. Throws `Fault` `mirror.shrunk` or
   * `mirror.fork` (retry safe) when its log does not go on from what was mirrored: nothing of it is stored then.
   */
  readonly pull: () => Promise<void>;
  /** Why the gate's log is not the one that was mirrored, in words, until a pull finds that it is. */
  readonly doubt: () => string | undefined;
  /** The gate's checkpoint that the mirror was last found to be; undefined before. */
  readonly lastHead: () => string | undefined;
};

const pageSize = 100;

type MirrorParts = Pick<Parts, "store" | "gate" | "faults">;
type PullParts = MirrorParts & { readonly rosterOf: RosterReader };

const doubts: ReadonlySet<string> = new Set(["mirror.shrunk", "mirror.fork"]);

/** One pull at a time; callers that come meanwhile share the one that follows. */
export function createMirror(parts: MirrorParts): Mirror {
  const pulling = { ...parts, rosterOf: createRosterReader() };
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  let doubt: string | undefined;
  /** The last head that was held against the mirror; it need not be twice. */
  let compared = "";
  const pull = async (): Promise<void> => {
    try {
      // The mirror first: what another replica brings in meanwhile is no sign of a log that shrank.
      const mirrored = await parts.store.mirrored();
      const { checkpoint } = await parts.gate.head();
      if (checkpoint !== compared) await pullTo(pulling, mirrored, parseCheckpoint(checkpoint).checkpoint);
      compared = checkpoint;
      doubt = undefined;
    } catch (error) {
      if (error instanceof Fault && doubts.has(error.code)) doubt = error.message;
      throw error;
    }
  };
  const start = (): Promise<void> => {
    following = undefined;
    running = pull().finally(() => (running = undefined));
    return running;
  };
  return {
    pull: () => (running === undefined ? start() : (following ??= running.then(start, start))),
    doubt: () => doubt,
    lastHead: () => (compared === "" ? undefined : compared),
  };
}

/** Throws `Fault` when the gate's log is not the mirrored one: what such a gate signs is not asked for. */
export function refuseDoubt({ doubt }: Pick<Mirror, "doubt">): void {
  const why = doubt();
  if (why !== undefined) throw new Fault("mirror.doubt", why, "safe");
}

async function pullTo(parts: PullParts, mirrored: number, head: Checkpoint): Promise<void> {
  let size = mirrored;
  if (head.size < size)
    throw new Fault(
      "mirror.shrunk",
      `the gate has ${head.size} leaves where it had ${size}: its journal was put back to an earlier state, and nothing is asked of it until it has them all again`,
      "safe",
    );
  if (head.size === size) await refuseOther(parts, head, new Map());
  while (size < head.size) {
    const { leaves } = await parts.gate.entries(size, Math.min(pageSize, head.size - size));
    if (leaves.length === 0) return;
    await mirrorPage(parts, size, leaves, head);
    size = await parts.store.mirrored();
  }
}

/** `added` are nodes that the store does not have yet. */
async function refuseOther(
  { store }: PullParts,
  { size, root }: Checkpoint,
  added: ReadonlyMap<string, TreeNode["hash"]>,
): Promise<void> {
  const own = await withNodes(store, (read) => rootAt(size, read), added);
  if (own === root) return;
  throw new Fault(
    "mirror.fork",
    `the gate's log of ${size} leaves is not the one that was mirrored: its journal was put back and went on, or there are two gates`,
    "safe",
  );
}

async function mirrorPage(
  parts: PullParts,
  from: number,
  given: readonly { readonly index: number; readonly leaf: string }[],
  head: Checkpoint,
): Promise<void> {
  const { store, faults, rosterOf } = parts;
  for (const [i, { index }] of given.entries())
    if (index !== from + i)
      throw new Fault("mirror.out-of-order", `the gate gave leaf ${index} for leaf ${from + i}`, "safe");
  const nodes = await withNodes(store, (read) => nodesOver(from, given, read));
  // Before anything is made of them. Of a log that is more than a page ahead, all but the last page is taken on the gate's word.
  if (from + given.length === head.size)
    await refuseOther(parts, head, new Map(nodes.map(({ level, index, hash }) => [placeOf(level, index), hash])));
  const folding = await beginFold(store, rosterOf);
  const leaves: MirroredLeaf[] = [];
  for (const { index, leaf } of given) {
    const entry = parseWith(entrySchema, decodeLeaf(utf8(leaf)), "mirror.entry");
    await foldEntry(folding, index, entry);
    leaves.push({ index, leaf, kind: entry.kind, about: aboutEntry(entry) });
  }
  const { statements, outcomes, batches, distributions, wakes, transitions, changed } = folding;
  const documents = [...folding.documents.values()].filter((document) => changed.has(document.hash));
  const page: MirroredPage = { from, leaves, nodes, statements, outcomes, documents, batches, distributions, wakes };
  await pass(faults, "serve:before-store-mirror");
  // Stale when a replica or the worker was first: the next round reads what is there and folds again.
  await store.commit({ transitions, page });
  await pass(faults, "serve:after-store-mirror");
}

/** The nodes that these leaves complete; `read` gives those of the leaves before. */
function nodesOver(from: number, leaves: readonly Pick<MirroredLeaf, "leaf">[], read: ReadNode): readonly TreeNode[] {
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
