/** Adds up every batch of a whole log again, and holds what people signed of it against that. */
import { readStatement, type StatementOf } from "../statement/read.ts";
import type { Submission } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { differingWeight, readBatch, weigh, type Leg, type Weight } from "./batch.ts";
import { withStanding } from "./recount.ts";
import type { Standing } from "./standing.ts";
import type { Logged } from "./usage-from-log.ts";

export type BatchFault = { readonly leaf: number; readonly why: string };

export type BatchCount = {
  readonly batches: number;
  /** Approvals and rejections of them. */
  readonly words: number;
  readonly faults: readonly BatchFault[];
};

/** Of leaves whose root the caller has checked. Throws `InvalidValue` when they are no log of ours. */
export function checkBatches(leaves: readonly Logged[], checks: SignatureChecks): BatchCount {
  const asked = new Map<Bytes32, Submission>();
  const weights = new Map<Bytes32, Weight>();
  const faults: BatchFault[] = [];
  let words = 0;
  for (const { leaf, standing } of withStanding(leaves, checks)) {
    const { index, entry } = leaf;
    if (entry.kind === "batch") {
      const weighed = weighedAgain(entry, asked, standing);
      if (typeof weighed === "string") faults.push({ leaf: index, why: weighed });
      else weights.set(entry.root, weighed);
    }
    if (entry.kind !== "statement" || !spoken.has(entry.statement.kind)) continue;
    const statement = readStatement(entry.statement);
    if (statement.kind === "Submission" && !asked.has(statement.message.requestId))
      asked.set(statement.message.requestId, statement.message);
    if (statement.kind !== "BatchApproval") continue;
    words += 1;
    const why = faultOf(statement, weights);
    if (why !== undefined) faults.push({ leaf: index, why });
  }
  return { batches: weights.size, words, faults };
}

/** Most leaves say something else, and reading a statement is most of the work. */
const spoken: ReadonlySet<string> = new Set(["Submission", "BatchApproval"]);

function weighedAgain(
  { root, legs }: { readonly root: Bytes32; readonly legs: readonly Leg[] },
  asked: ReadonlyMap<Bytes32, Submission>,
  { policies }: Standing,
): Weight | string {
  const requests: Submission[] = [];
  for (const { requestId, intentHash } of legs) {
    const request = asked.get(requestId);
    if (request?.intentHash !== intentHash) return `request ${requestId} was not asked for before, or otherwise`;
    requests.push(request);
  }
  try {
    readBatch({ kind: "Batch", legs });
    const asset = requests[0]?.asset;
    const decimals = asset === undefined ? undefined : policies.get(asset)?.policy.token.decimals;
    const weight = weigh(requests, decimals ?? 0);
    return weight.merkleRoot === root ? weight : `its requests have the root ${weight.merkleRoot}`;
  } catch (error) {
    if (error instanceof InvalidValue) return error.message;
    throw error;
  }
}

function faultOf({ message }: StatementOf<"BatchApproval">, weights: ReadonlyMap<Bytes32, Weight>): string | undefined {
  const weight = weights.get(message.merkleRoot);
  if (weight === undefined) return "no batch with this root was brought before";
  const field = differingWeight(message, weight);
  if (field === undefined) return undefined;
  return `it says ${field} \`${String(message[field])}\`, its requests come to \`${String(weight[field])}\``;
}
