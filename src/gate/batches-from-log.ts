/** Adds up every batch of a whole log again, and holds what people signed of it against that. */
import { readStatement, type StatementOf } from "../statement/read.ts";
import type { Submission } from "../statement/message.ts";
import type { Facts } from "../policy/facts.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { toIso, type Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
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
  const asked = new Map<Bytes32, Asked>();
  const weights = new Map<Bytes32, Weighed>();
  const faults: BatchFault[] = [];
  let words = 0;
  for (const { leaf, standing } of withStanding(leaves, checks)) {
    const { index, entry } = leaf;
    if (entry.kind === "batch") {
      const weighed = weighedAgain(entry, asked, standing);
      if (typeof weighed === "string") faults.push({ leaf: index, why: weighed });
      else weights.set(entry.root, { ...weighed, at: entry.instant });
    }
    if (entry.kind === "allocation")
      faults.push(...seenFaults(entry.facts, weights).map((why) => ({ leaf: index, why })));
    if (entry.kind !== "statement" || !spoken.has(entry.statement.kind)) continue;
    const statement = readStatement(entry.statement);
    const author = standing.roster.index.credential(statement.credential)?.member.id;
    if (statement.kind === "Submission" && !asked.has(statement.message.requestId))
      asked.set(statement.message.requestId, { request: statement.message, initiator: author });
    if (statement.kind !== "BatchApproval") continue;
    words += 1;
    const why = faultOf(statement, author, weights.get(statement.message.merkleRoot));
    if (why !== undefined) faults.push({ leaf: index, why });
  }
  return { batches: weights.size, words, faults };
}

/** Most leaves say something else, and reading a statement is most of the work. */
const spoken: ReadonlySet<string> = new Set(["Submission", "BatchApproval"]);

type Asked = { readonly request: Submission; readonly initiator: Name | undefined };

type Weighed = {
  readonly weight: Weight;
  /** Who asked for any of its requests. */
  readonly initiators: ReadonlySet<Name | undefined>;
  /** Of its leaf. */
  readonly at: Instant;
};

function weighedAgain(
  { root, legs }: { readonly root: Bytes32; readonly legs: readonly Leg[] },
  asked: ReadonlyMap<Bytes32, Asked>,
  { policies }: Standing,
): Omit<Weighed, "at"> | string {
  const requests: Submission[] = [];
  const initiators = new Set<Name | undefined>();
  for (const { requestId, intentHash } of legs) {
    const found = asked.get(requestId);
    if (found?.request.intentHash !== intentHash) return `request ${requestId} was not asked for before, or otherwise`;
    requests.push(found.request);
    initiators.add(found.initiator);
  }
  try {
    readBatch({ kind: "Batch", legs });
    const asset = requests[0]?.asset;
    const decimals = asset === undefined ? undefined : policies.get(asset)?.policy.token.decimals;
    const weight = weigh(requests, decimals ?? 0);
    return weight.merkleRoot === root ? { weight, initiators } : `its requests have the root ${weight.merkleRoot}`;
  } catch (error) {
    if (error instanceof InvalidValue) return error.message;
    throw error;
  }
}

function faultOf(
  { message }: StatementOf<"BatchApproval">,
  author: Name | undefined,
  weighed: Weighed | undefined,
): string | undefined {
  if (weighed === undefined) return "no batch with this root was brought before";
  const { weight, initiators } = weighed;
  if (author !== undefined && initiators.has(author)) return `${author} made a request of this batch`;
  const field = differingWeight(message, weight);
  if (field === undefined) return undefined;
  return `it says ${field} \`${String(message[field])}\`, its requests come to \`${String(weight[field])}\``;
}

/** What a decision says of when a batch was known: its waits begin there, and no bundle holds that leaf. */
function seenFaults({ batches = [] }: Facts, weights: ReadonlyMap<Bytes32, Weighed>): readonly string[] {
  return batches.flatMap(({ merkleRoot, firstSeen }) => {
    const at = weights.get(merkleRoot)?.at;
    if (at === firstSeen) return [];
    const known = at === undefined ? "never" : `at ${toIso(at)}`;
    return [`it says that batch ${merkleRoot} was first seen at ${toIso(firstSeen)}, the log has it ${known}`];
  });
}
