/** Proofs and roots over nodes that a store gives only when asked: first which ones are needed, then with them. */
import { emptyRoot, type ReadNode, type TreeNode } from "../../log/merkle.ts";
import { invariant } from "../../values/errors.ts";
import type { Store } from "./store.port.ts";

/**
 * Runs `work` twice: which nodes it reads depends on sizes alone, so a first run with empty hashes names them all.
 * `held` are nodes the store does not have yet, by their place.
 */
export async function withNodes<T>(
  store: Pick<Store, "nodes">,
  work: (read: ReadNode) => T,
  held: ReadonlyMap<string, TreeNode["hash"]> = new Map(),
): Promise<T> {
  const wanted = new Map<string, Pick<TreeNode, "level" | "index">>();
  work((level, index) => {
    if (!held.has(placeOf(level, index))) wanted.set(placeOf(level, index), { level, index });
    return emptyRoot;
  });
  const found = new Map(
    (await store.nodes([...wanted.values()])).map((node) => [placeOf(node.level, node.index), node.hash]),
  );
  return work((level, index) => {
    const place = placeOf(level, index);
    const hash = held.get(place) ?? found.get(place);
    invariant(hash !== undefined, `the mirror has node ${level}/${index}`);
    return hash;
  });
}

export function placeOf(level: number, index: number): string {
  return `${level}/${index}`;
}
