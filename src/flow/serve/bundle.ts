/** The bundle of a request, signed or still waiting for its signature, made from the mirror under the gate's newest checkpoint. */
import { assembleBundle, type LogLeaf } from "../../bundle/assemble.ts";
import type { Stage } from "../../bundle/roles.ts";
import { namedInFacts } from "../../bundle/named.ts";
import { parse as parseCheckpoint } from "../../log/checkpoint.ts";
import { entrySchema, type Entry } from "../../log/entry.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parseStrict, type Json } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import type { MirroredLeaf, Store } from "./store.port.ts";
import { withNodes } from "./tree.ts";

type BundleParts = {
  readonly store: Pick<Store, "leavesAbout" | "leavesOf" | "leavesOfStatements" | "nodes">;
  /** Of a tree that the mirror has whole. */
  readonly checkpoint: () => Promise<string>;
};

export type BundleOf = (requestId: Bytes32, stage?: Stage) => Promise<Json | undefined>;

/** Undefined before there is a signature; with `permitted`, before there is a permit. */
export function bundleFrom({ store, checkpoint }: BundleParts): BundleOf {
  return async (requestId, stage = "signed") => {
    const own = await store.leavesAbout([requestId]);
    const last = stage === "signed" ? "signature" : "permit";
    if (!own.some(({ kind }) => kind === last)) return undefined;
    const text = await checkpoint();
    const { size } = parseCheckpoint(text).checkpoint;
    const leaves = await partOf(store, own);
    try {
      const file = await withNodes(store, (readNode) =>
        assembleBundle({ requestId, leaves, readNode, checkpoint: text, stage }),
      );
      return toWire(file);
    } catch (error) {
      // The signature, or the permit, is younger than the checkpoint: there is a bundle as soon as somebody asks again.
      if (error instanceof InvalidValue && error.code === "bundle.not-signed" && own.some(({ index }) => index >= size))
        return undefined;
      throw error;
    }
  };
}

/** The genesis, what came into force, who took over, everything about the request, and what its decision and its outcome rest on. */
async function partOf(store: BundleParts["store"], own: readonly MirroredLeaf[]): Promise<readonly LogLeaf[]> {
  const changes = [...(await store.leavesOf("activation")), ...(await store.leavesOf("promotion"))];
  const entries = [...own, ...changes].map(entryIn);
  const named = await store.leavesOfStatements(entries.flatMap(statementsIn));
  const earlier = await store.leavesAbout(entries.flatMap(spendsIn));
  const batches = await store.leavesAbout(entries.flatMap(batchesIn));
  const genesis = await store.leavesOf("genesis");
  const byIndex = new Map(
    [...genesis, ...own, ...changes, ...named, ...earlier, ...batches].map((leaf) => [leaf.index, leaf]),
  );
  return [...byIndex.values()].map(({ index, leaf }) => ({ index, entry: parseStrict(leaf) }));
}

function entryIn({ leaf }: MirroredLeaf): Entry {
  return entrySchema.parse(parseStrict(leaf));
}

function statementsIn(entry: Entry): readonly Bytes32[] {
  switch (entry.kind) {
    case "activation":
    case "outcome":
    case "promotion":
      return entry.statements;
    case "allocation":
      return [entry.submission, ...namedInFacts(entry.facts)];
    default:
      return [];
  }
}

function batchesIn(entry: Entry): readonly Bytes32[] {
  return entry.kind === "allocation" ? (entry.facts.batches ?? []).map(({ merkleRoot }) => merkleRoot) : [];
}

function spendsIn(entry: Entry): readonly Bytes32[] {
  return entry.kind === "allocation" ? (entry.facts.spends ?? []).map(({ requestId }) => requestId) : [];
}
