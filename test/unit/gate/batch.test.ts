/** What a batch is: one order, one root, and what its requests come to. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf, BatchTree, differingWeight, legHash, readBatch, weigh, type Leg } from "../../../src/gate/batch.ts";
import { maxFrameBytes } from "../../../src/gate/wire.ts";
import { maxDocumentBodyBytes } from "../../../src/request/api.ts";
import { maxLegs } from "../../../src/statement/message.ts";
import { canonical } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { leafHash, nodeHash, verifyInclusion } from "../../../src/log/merkle.ts";
import type { Submission } from "../../../src/statement/message.ts";
import * as amount from "../../../src/values/amount.ts";
import { concat, toBytes } from "../../../src/values/hex.ts";
import { legsOf, submissionIn } from "../../place/batch.ts";
import { goldDeployment, idOf, units } from "../../place/gold.ts";
import { partOf, yieldOf } from "../../place/yield.ts";

const deployment = goldDeployment();
const requests = (amounts: readonly number[], intent: Record<string, unknown> = {}): readonly Submission[] =>
  legsOf(deployment, 1_800_000_000, amounts, intent).map(submissionIn);
const three = requests([1, 20, 300]);

describe("the root", () => {
  it("is that of RFC 6962 over the 64 bytes of each leg, in ascending order of their ids", () => {
    const [a, b, c] = batchOf(three).legs.map(({ requestId, intentHash }) =>
      leafHash(concat(toBytes(requestId), toBytes(intentHash))),
    );
    expect(new BatchTree(batchOf(three).legs).root).toBe(nodeHash(nodeHash(a!, b!), c!));
  });

  it("does not hang on the order in which requests are named, and every leg is proved under it", () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(ids, fc.integer(), (numbers, seed) => {
        const legs = numbers.map((one) => ({ requestId: idOf(`r ${one}`), intentHash: idOf(`i ${one}`) }));
        const turned = legs.toSorted((x, y) =>
          (seed ^ Number(x.requestId.slice(0, 10))) < (seed ^ Number(y.requestId.slice(0, 10))) ? -1 : 1,
        );
        const { legs: ordered } = batchOf(turned);
        expect(ordered).toEqual(batchOf(legs).legs);
        const tree = new BatchTree(ordered);
        for (const [index, leg] of ordered.entries()) {
          const claim = {
            index,
            size: ordered.length,
            leafHash: legHash(leg),
            proof: tree.proof(index),
            root: tree.root,
          };
          expect(verifyInclusion(claim)).toBe(true);
          expect(verifyInclusion({ ...claim, leafHash: legHash({ ...leg, intentHash: idOf("another") }) })).toBe(false);
          expect(verifyInclusion({ ...claim, size: claim.size + 1, proof: [...claim.proof, tree.root] })).toBe(false);
        }
      }),
    );
  });
});

describe("what requests come to", () => {
  it("is their number, their sum, the largest, and what they have in common", () => {
    expect(weigh(three, 18)).toMatchObject({
      operation: "mint",
      asset: "GLD",
      chainId: 31_337,
      count: 3,
      total: amount.parseUnits("321", 18),
      totalText: "321 GLD",
      largest: amount.parseUnits("300", 18),
    });
  });

  it("is nothing of requests that have too little in common, or come to more than an amount can be", () => {
    const [one] = requests([5], { reference: "OTHER", asset: "TBL" });
    expect(() => weigh([...three, one!], 18)).toThrow(/is a mint of TBL/);
    expect(() => weigh([], 18)).toThrow("a batch has at least 2 requests");
    expect(() => weigh(three.slice(0, 1), 18)).toThrow("a batch has at least 2 requests");
    const all = { ...three[0]!, amount: amount.max };
    expect(() => weigh([all, three[1]!], 18)).toThrow("more than an amount can be");
  });

  it("is nothing of parts of two distributions", () => {
    const [one, other] = [yieldOf(), yieldOf(5, { pool: units(11) })];
    const part = (of: typeof one, index: number): Submission =>
      submissionIn(partOf(deployment, { now: 1_800_000_000, of, index }));
    expect(weigh([part(one, 0), part(one, 1)], 18).count).toBe(2);
    expect(() => weigh([part(one, 0), part(other, 1)], 18)).toThrow("is of another distribution");
  });

  it("is the sum however they are split", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 2, maxLength: 30 }), (amounts) => {
        const weight = weigh(requests(amounts), 18);
        expect(weight.total).toBe(amounts.reduce((sum, one) => sum + BigInt(one), 0n) * 10n ** 18n);
        expect(weight.largest).toBe(BigInt(Math.max(...amounts)) * 10n ** 18n);
        expect(weight.count).toBe(amounts.length);
      }),
      { numRuns: 20 },
    );
  });

  it("differs from a word in the first field that is another", () => {
    const weight = weigh(three, 18);
    expect(differingWeight(weight, weight)).toBeUndefined();
    expect(differingWeight({ ...weight, largest: amount.zero, merkleRoot: idOf("x") }, weight)).toBe("largest");
  });
});

describe("the list that is brought", () => {
  it("fits a body, a frame and a leaf, however many requests there may be", () => {
    const hashes = Array.from({ length: maxLegs }, (_, index) => `0x${index.toString(16).padStart(64, "f")}`);
    const legs = hashes.map((one) => ({ requestId: one, intentHash: one })) as unknown as readonly Leg[];
    const text = canonical(toWire(batchOf(legs)));
    expect(text.length + 4_000).toBeLessThan(maxDocumentBodyBytes);
    // In a frame of leaves every quotation mark takes two bytes.
    expect(JSON.stringify(text).length + 4_000).toBeLessThan(maxFrameBytes);
    expect(() =>
      readBatch({ kind: "Batch", legs: [...legs, { requestId: hashes[0], intentHash: hashes[0] }] }),
    ).toThrow();
  });

  it("is read back as it was made", () => {
    expect(readBatch(JSON.parse(JSON.stringify(batchOf(three))))).toEqual(batchOf(three));
  });

  it("ascends, each request once", () => {
    const { legs } = batchOf(three);
    expect(() => readBatch({ kind: "Batch", legs: legs.toReversed() })).toThrow("the legs ascend by request");
    expect(() => readBatch({ kind: "Batch", legs: [legs[0], legs[0]] })).toThrow("each once");
    for (const few of [[], legs.slice(0, 1)]) expect(() => readBatch({ kind: "Batch", legs: few })).toThrow();
  });
});
