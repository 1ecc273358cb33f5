/** Choosing and proving the leaves of a request's bundle. */
import { beforeAll, describe, expect, it } from "vitest";
import { assembleBundle, nodesToProve, selectLeaves } from "../../../src/bundle/assemble.ts";
import { encodeLeaf } from "../../../src/log/leaf.ts";
import { leafHash } from "../../../src/log/merkle.ts";
import { fullBundle, type MadeBundle } from "../../place/bundle-maker.ts";
import { idOf } from "../../place/gold.ts";
import { grow, type MemoryTree } from "../log/memory-tree.ts";

let full: MadeBundle;
let tree: MemoryTree;

beforeAll(async () => {
  full = await fullBundle({ receipts: false });
  tree = grow(full.log.map(({ entry }) => leafHash(encodeLeaf(entry))));
});

const kinds = (leaves: readonly { entry: unknown }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { entry } of leaves) {
    const { kind, statement } = entry as { kind: string; statement?: { kind: string } };
    const name = statement?.kind ?? kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

describe("the leaves of a bundle", () => {
  it("are those the request rests on, and no others", () => {
    expect(kinds(selectLeaves(full.requestId, full.log))).toEqual({
      genesis: 1,
      RosterChange: 2,
      PolicyChange: 2,
      activation: 2,
      ReserveAttestation: 1,
      PriceAttestation: 2,
      IdentityAttestation: 1,
      DocumentAttestation: 1,
      Submission: 1,
      Approval: 3,
      Veto: 1,
      ChainObservation: 12,
      allocation: 1,
      permit: 2,
      signature: 2,
      outcome: 1,
    });
  });

  it("are the same whatever order the log is given in", () => {
    const turned = [...full.log].reverse();
    expect(selectLeaves(full.requestId, turned)).toEqual(selectLeaves(full.requestId, full.log));
  });

  it("are not chosen before there is a signature", () => {
    const signature = full.log.findIndex(
      ({ entry }) =>
        (entry as { kind: string }).kind === "signature" &&
        (entry as { requestId?: string }).requestId === full.requestId,
    );
    const notSigned = expect.objectContaining({ code: "bundle.not-signed" }) as Error;
    expect(() => selectLeaves(full.requestId, full.log.slice(0, signature))).toThrow(notSigned);
    expect(() => selectLeaves(idOf("nobody's request"), full.log)).toThrow(notSigned);
  });

  it("are not chosen when a statement that counts is not there", () => {
    const without = full.log.filter(({ entry }) => !JSON.stringify(entry).includes('"Approval"'));
    const missing = expect.objectContaining({ code: "bundle.missing-leaf" }) as Error;
    expect(() => selectLeaves(full.requestId, without)).toThrow(missing);
  });
});

describe("an assembled bundle", () => {
  it("is the one a place with the whole log makes, from just the nodes it said it needs", () => {
    const { checkpoint, leaves } = full.bundle;
    const size = full.log.length;
    const kept = new Map(
      nodesToProve(
        leaves.map(({ index }) => index),
        size,
      ).map(({ level, index }) => [`${String(level)}/${String(index)}`, tree.readNode(level, index)]),
    );
    const readNode = (level: number, index: number) => kept.get(`${String(level)}/${String(index)}`)!;
    const bundle = assembleBundle({ requestId: full.requestId, leaves: full.log, readNode, checkpoint });
    expect(bundle).toEqual(full.bundle);
  });

  it("is not made under a checkpoint that is older than what it must cover", () => {
    const [origin, , root, ...rest] = full.bundle.checkpoint.split("\n");
    const checkpoint = [origin, "5", root, ...rest].join("\n");
    const asked = { requestId: full.requestId, leaves: full.log, readNode: tree.readNode, checkpoint };
    expect(() => assembleBundle(asked)).toThrow(expect.objectContaining({ code: "bundle.not-signed" }) as Error);
  });
});
