/** A batch: the requests that one word is about, the root that stands for all of them in it, and what they come to together. */
import { z } from "zod";
import { furtherIn } from "../intent/further-argument.ts";
import { amountText } from "../intent/words.ts";
import { appendNodes, inclusionProof, leafHash, rootAt, verifyInclusion, type ReadNode } from "../log/merkle.ts";
import { legsSchema, minLegs, type BatchApproval, type Submission } from "../statement/message.ts";
import * as amount from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue, invariant } from "../values/errors.ts";
import { concat, toBytes } from "../values/hex.ts";
import { parseWith } from "../values/schema.ts";

/** What travels beside a BatchApproval. */
const batchDocumentSchema = z.strictObject({ kind: z.literal("Batch"), legs: legsSchema });

/** One request of a batch, by its id and by the hash of everything that it asks for. */
export type Leg = Pick<Submission, "requestId" | "intentHash">;
export type BatchDocument = { readonly kind: "Batch"; readonly legs: readonly Leg[] };

/** The requests in the one order that a batch has. */
export function batchOf(requests: readonly Leg[]): BatchDocument {
  const legs = requests.map(({ requestId, intentHash }) => ({ requestId, intentHash }));
  return { kind: "Batch", legs: legs.sort((a, b) => (a.requestId < b.requestId ? -1 : 1)) };
}

/** Throws `InvalidValue`: `batch.malformed`, or `batch.order` when the legs do not ascend, each once. */
export function readBatch(json: unknown): BatchDocument {
  const document = parseWith(batchDocumentSchema, json, "batch.malformed");
  const out = document.legs.find(({ requestId }, index) => requestId <= (document.legs[index - 1]?.requestId ?? ""));
  if (out === undefined) return document;
  throw new InvalidValue("batch.order", `the legs ascend by request, each once; ${out.requestId} does not`, "legs");
}

/** Of the 64 bytes of both, as RFC 6962 hashes a leaf. */
export function legHash({ requestId, intentHash }: Leg): Bytes32 {
  return leafHash(concat(toBytes(requestId), toBytes(intentHash)));
}

/** The tree over the legs, in their order. */
export class BatchTree {
  readonly root: Bytes32;
  readonly #size: number;
  readonly #node: ReadNode;

  constructor(legs: readonly Leg[]) {
    const nodes = new Map<string, Bytes32>();
    this.#node = (level, index) => {
      const found = nodes.get(`${level}/${index}`);
      invariant(found !== undefined, "the nodes of a tree are inside it");
      return found;
    };
    for (const [index, leg] of legs.entries())
      for (const node of appendNodes(index, legHash(leg), this.#node))
        nodes.set(`${node.level}/${node.index}`, node.hash);
    this.#size = legs.length;
    this.root = rootAt(this.#size, this.#node);
  }

  proof(index: number): readonly Bytes32[] {
    return inclusionProof(index, this.#size, this.#node);
  }
}

/** Where a leg stands in a tree, with the hashes up to its root. */
export type LegPlace = { readonly index: number; readonly proof: readonly Bytes32[] };

/**
 * Whether a word about a batch is about this request: it is of its operation, asset and chain, it is no larger than the largest, and its
 * leaf stands under the root. Total.
 */
export function isLeg(request: Submission, word: Weight, { index, proof }: LegPlace): boolean {
  const { operation, asset, chainId, count, total, largest, merkleRoot } = word;
  const fits = request.operation === operation && request.asset === asset && request.chainId === chainId;
  if (!fits || request.amount > largest || largest > total) return false;
  return verifyInclusion({ index, size: count, leafHash: legHash(request), proof, root: merkleRoot });
}

/** What the legs come to, as a BatchApproval says it. */
export type Weight = Pick<
  BatchApproval,
  "operation" | "asset" | "chainId" | "count" | "total" | "totalText" | "largest" | "merkleRoot"
>;

/**
 * `decimals` are those of the asset. Throws `InvalidValue`: `batch.single` for fewer than two, `batch.mixed` when the requests are not of one operation, asset
 * and chain, `batch.total` when they come to more than 256 bits hold.
 */
export function weigh(requests: readonly Submission[], decimals: number): Weight {
  const [first] = requests;
  if (first === undefined || requests.length < minLegs)
    throw new InvalidValue(
      "batch.single",
      `a batch has at least ${minLegs} requests; one is approved by itself`,
      "legs",
    );
  const { operation, asset, chainId } = first;
  const other = requests.find((one) => one.operation !== operation || one.asset !== asset || one.chainId !== chainId);
  if (other !== undefined)
    throw new InvalidValue(
      "batch.mixed",
      `request ${other.requestId} is a ${other.operation} of ${other.asset} on chain ${String(other.chainId)}, others are a ${operation} of ${asset} on chain ${String(chainId)}`,
      "legs",
    );
  const { distribution } = furtherIn(first);
  const stray =
    operation === "distribute" ? requests.find((one) => furtherIn(one).distribution !== distribution) : undefined;
  if (stray !== undefined)
    throw new InvalidValue(
      "batch.mixed",
      `request ${stray.requestId} is of another distribution than others: one word is about parts of one document`,
      "legs",
    );
  const sum = requests.reduce((all, one) => all + one.amount, 0n);
  if (sum > amount.max)
    throw new InvalidValue("batch.total", "the requests come to more than an amount can be", "message.total");
  const total = amount.fromBigInt(sum);
  const largest = requests.reduce((most, one) => (one.amount > most ? one.amount : most), first.amount);
  return {
    operation,
    asset,
    chainId,
    count: requests.length,
    total,
    totalText: amountText({ operation, asset, amount: total }, decimals),
    largest,
    merkleRoot: new BatchTree(batchOf(requests).legs).root,
  };
}

/** `with all of a batch of 40, 1,200 GLD`: what stands where an approval of one request gives its reason. */
export function batchWords({ count, totalText }: Pick<Weight, "count" | "totalText">): string {
  return `with all of a batch of ${count}, ${totalText}`;
}

const weighed = ["operation", "asset", "chainId", "count", "total", "totalText", "largest", "merkleRoot"] as const;

/** The first field that an approval has otherwise than the requests come to. */
export function differingWeight(said: Weight, weight: Weight): (typeof weighed)[number] | undefined {
  return weighed.find((name) => said[name] !== weight[name]);
}
