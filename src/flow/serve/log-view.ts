/** The log as anyone may read it: checkpoint, entries and proofs, from the mirror and held against the gate's own head. */
import { parse as parseCheckpoint } from "../../log/checkpoint.ts";
import { consistencyProof, inclusionProof, rootAt } from "../../log/merkle.ts";
import { Fault } from "../../values/errors.ts";
import type { Json } from "../../values/json.ts";
import type { Cosigner } from "./cosigner.ts";
import type { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import { withNodes } from "./tree.ts";

export type LogView = {
  readonly checkpoint: () => Promise<string>;
  readonly entries: (from: number, limit: number) => Promise<Json>;
  readonly proofs: (
    query: ProofQuery,
  ) => Promise<{ readonly kind: "found"; readonly value: Json } | { readonly kind: "absent" }>;
};

type Heads = Pick<Parts, "gate"> & { readonly mirror: Mirror; readonly cosigner: Cosigner };

/** While the gate does not answer, the newest there is without it: from a lost gate's log another one is made. */
async function shownHead(parts: Heads): Promise<string> {
  const { mirror, cosigner } = parts;
  try {
    return await gateHead(parts);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "gate.unreachable") throw error;
    const known = cosigner.min === 0 ? mirror.lastHead() : await cosigner.newest();
    if (known === undefined) throw error;
    return known;
  }
}

/** Throws `Fault` `witness.away` when nothing was ever cosigned. */
async function gateHead({ gate, cosigner }: Heads): Promise<string> {
  const { checkpoint, size, witnessed } = await gate.head();
  if (cosigner.min === 0) return checkpoint;
  const reached = await cosigner.reach(size);
  if (reached.kind === "cosigned") return reached.checkpoint;
  if (witnessed === null) throw new Fault("witness.away", reached.why, "safe");
  return witnessed;
}

export type ProofQuery =
  { readonly index: number; readonly size: number } | { readonly from: number; readonly to: number };

export function createLogView({
  store,
  gate,
  mirror,
  cosigner,
}: Pick<Parts, "store" | "gate"> & { readonly mirror: Mirror; readonly cosigner: Cosigner }): LogView {
  return {
    /**
     * Of a tree that the mirror has whole; a mirror and a checkpoint that differ are shown to nobody. Cosigned where the genesis asks for
     * witnesses: the newest that is, when one of them is away.
     */
    checkpoint: async () => {
      const text = await shownHead({ gate, mirror, cosigner });
      const { root, size } = parseCheckpoint(text).checkpoint;
      if ((await store.mirrored()) < size) await mirror.pull();
      if ((await withNodes(store, (read) => rootAt(size, read))) !== root) {
        throw new Fault("mirror.fork", "the gate's checkpoint is of another log than the mirror", "never");
      }
      return text;
    },
    entries: async (from, limit) => {
      const leaves = await store.leaves(from, limit);
      return { size: await store.mirrored(), leaves: leaves.map(({ index, leaf }) => ({ index, leaf })) };
    },
    proofs: async (query) => {
      const mirrored = await store.mirrored();
      if ("index" in query) {
        const { index, size } = query;
        if (index >= size || size > mirrored) return { kind: "absent" };
        const proof = await withNodes(store, (read) => inclusionProof(index, size, read));
        return { kind: "found", value: { index, size, proof } };
      }
      const { from, to } = query;
      if (from > to || to > mirrored) return { kind: "absent" };
      const proof = await withNodes(store, (read) => consistencyProof(from, to, read));
      return { kind: "found", value: { from, to, proof } };
    },
  };
}
