/** The trees over batches: made once for all of their requests, and no more of them kept than are looked at. */
import { expect, test } from "vitest";
import { placeIn } from "../../../src/flow/serve/batch-trees.ts";
import type { MirroredLeaf } from "../../../src/flow/serve/store.port.ts";
import { BatchTree, legHash, type Leg } from "../../../src/gate/batch.ts";
import { verifyInclusion } from "../../../src/log/merkle.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { canonical } from "../../../src/values/json.ts";
import { idOf } from "../../place/gold.ts";

const legsOf = (word: string): readonly Leg[] =>
  ["a", "b", "c"]
    .map((one) => ({ requestId: idOf(`${word} ${one}`), intentHash: idOf(`intent ${word} ${one}`) }))
    .sort((x, y) => (x.requestId < y.requestId ? -1 : 1));
const batches = new Map(["one", "two", "three", "four", "five"].map((word) => [word, legsOf(word)]));
const rootOf = (word: string): Bytes32 => new BatchTree(batches.get(word)!).root;

function storeOf(): { asked: string[]; leavesAbout: (abouts: readonly string[]) => Promise<readonly MirroredLeaf[]> } {
  const asked: string[] = [];
  const leafOf = (root: Bytes32, legs: readonly Leg[]): MirroredLeaf => {
    const entry = { kind: "batch", epoch: 1, instant: 0, root, by: "carla", legs: legs.map((leg) => ({ ...leg })) };
    return { index: 0, kind: "batch", about: root, leaf: canonical(entry) };
  };
  return {
    asked,
    leavesAbout: (abouts) => {
      const found = [...batches].filter(([word]) => abouts.includes(rootOf(word)));
      asked.push(...found.map(([word]) => word));
      return Promise.resolve(found.map(([word, legs]) => leafOf(rootOf(word), legs)));
    },
  };
}

test("each request is proved under the root, and the leaf is read once for all of them", async () => {
  const store = storeOf();
  const legs = batches.get("one")!;
  for (const [index, leg] of legs.entries()) {
    const place = await placeIn(store, rootOf("one"), leg.requestId);
    if (place === undefined) throw new Error("no place");
    expect(place.index).toBe(index);
    const claim = { ...place, size: legs.length, leafHash: legHash(leg), root: rootOf("one") };
    expect(verifyInclusion(claim)).toBe(true);
  }
  expect(store.asked).toEqual(["one"]);
});

test("a request that is not in it, and a batch that nobody brought, have no place", async () => {
  const store = storeOf();
  expect(await placeIn(store, rootOf("one"), idOf("another"))).toBeUndefined();
  expect(await placeIn(store, idOf("root"), batches.get("one")![0]!.requestId)).toBeUndefined();
});

test("the one that was looked at longest ago is forgotten first, and every store has its own", async () => {
  const store = storeOf();
  const look = async (...words: readonly string[]): Promise<void> => {
    for (const word of words) await placeIn(store, rootOf(word), batches.get(word)![0]!.requestId);
  };
  await look("one", "two", "three", "four", "one", "five", "one");
  expect(store.asked).toEqual(["one", "two", "three", "four", "five"]);
  await look("two");
  expect(store.asked.at(-1)).toBe("two");
  const other = storeOf();
  await placeIn(other, rootOf("one"), batches.get("one")![0]!.requestId);
  expect(other.asked).toEqual(["one"]);
});
