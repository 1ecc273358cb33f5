/** Where requests stand in batches: the trees over the last few of them, each made once and not for every request in it. */
import { BatchTree, type LegPlace } from "../../gate/batch.ts";
import { entrySchema } from "../../log/entry.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { parseStrict } from "../../values/json.ts";
import type { Store } from "./store.port.ts";

type Leaves = Pick<Store, "leavesAbout">;
type Known = { readonly tree: BatchTree; readonly indexes: ReadonlyMap<Bytes32, number> };

/** Of ten thousand requests each holds some megabytes. */
const mostKept = 4;

/** By the store whose log they stand in; what stands under a root never changes. */
const kept = new WeakMap<Leaves, Map<Bytes32, Known>>();

/** With the proof; undefined when no batch with this root is known, or the request is not in it. */
export async function placeIn(store: Leaves, root: Bytes32, requestId: Bytes32): Promise<LegPlace | undefined> {
  const known = await treeOf(store, root);
  const index = known?.indexes.get(requestId);
  return known === undefined || index === undefined ? undefined : { index, proof: known.tree.proof(index) };
}

async function treeOf(store: Leaves, root: Bytes32): Promise<Known | undefined> {
  const trees = kept.get(store) ?? new Map<Bytes32, Known>();
  kept.set(store, trees);
  const known = trees.get(root) ?? (await made(store, root));
  if (known === undefined) return undefined;
  // The one that was looked at last is forgotten last.
  trees.delete(root);
  trees.set(root, known);
  for (const oldest of [...trees.keys()].slice(0, -mostKept)) trees.delete(oldest);
  return known;
}

/** From the leaf that brought it. */
async function made(store: Leaves, root: Bytes32): Promise<Known | undefined> {
  const about = await store.leavesAbout([root]);
  const brought = about.find(({ kind }) => kind === "batch");
  const entry = brought === undefined ? undefined : entrySchema.parse(parseStrict(brought.leaf));
  if (entry?.kind !== "batch") return undefined;
  const indexes = new Map(entry.legs.map(({ requestId }, index) => [requestId, index]));
  return { tree: new BatchTree(entry.legs), indexes };
}
