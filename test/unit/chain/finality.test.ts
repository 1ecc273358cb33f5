/** When a block is final, by tag and by depth. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finalHeight, standing, type Mined } from "../../../src/chain/finality.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";

const hash = (words: string) => keccak256(utf8(words));
const mined: Mined = { blockNumber: 100, blockHash: hash("block 100") };
const tag = { kind: "tag" } as const;
const depth = { kind: "depth", blocks: 12 } as const;

describe("finality by tag", () => {
  it("comes with the block itself, not with the one below", () => {
    expect(standing(mined, mined.blockHash, tag, { head: 102, finalized: 99 })).toEqual({ kind: "mined", onTop: 2 });
    expect(standing(mined, mined.blockHash, tag, { head: 102, finalized: 100 })).toEqual({ kind: "final" });
  });

  it("is not believed of an endpoint that calls final what it does not have", () => {
    expect(finalHeight(tag, { head: 102, finalized: 103 })).toBeUndefined();
    expect(finalHeight(tag, { head: 102, finalized: 102 })).toBe(102);
  });

  it("never comes on a chain without the tag, however deep the block lies", () => {
    expect(standing(mined, mined.blockHash, tag, { head: 1_000_000, finalized: undefined })).toEqual({
      kind: "mined",
      onTop: 999_900,
    });
  });
});

describe("finality by depth", () => {
  it("comes with the stated number of blocks on top", () => {
    expect(standing(mined, mined.blockHash, depth, { head: 111, finalized: undefined })).toEqual({
      kind: "mined",
      onTop: 11,
    });
    expect(standing(mined, mined.blockHash, depth, { head: 112, finalized: undefined })).toEqual({ kind: "final" });
  });

  it("has no height while the chain is shorter than the depth", () => {
    expect(finalHeight(depth, { head: 11, finalized: undefined })).toBeUndefined();
    expect(finalHeight(depth, { head: 12, finalized: undefined })).toBe(0);
  });
});

describe("a transaction whose block was replaced", () => {
  it("is orphaned when another block stands there, when none does, and when the head fell below", () => {
    const heads = { head: 200, finalized: 150 };
    expect(standing(mined, hash("another"), tag, heads)).toEqual({ kind: "orphaned" });
    expect(standing(mined, undefined, tag, heads)).toEqual({ kind: "orphaned" });
    expect(standing(mined, mined.blockHash, depth, { head: 99, finalized: undefined })).toEqual({ kind: "orphaned" });
  });
});

describe("a final height", () => {
  it("never falls when the head rises", () => {
    const blocks = fc.nat({ max: 1_000 });
    fc.assert(
      fc.property(blocks, blocks, fc.integer({ min: 1, max: 100 }), (head, more, deep) => {
        const finality = { kind: "depth", blocks: deep } as const;
        const before = finalHeight(finality, { head, finalized: undefined }) ?? -1;
        const after = finalHeight(finality, { head: head + more, finalized: undefined }) ?? -1;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
