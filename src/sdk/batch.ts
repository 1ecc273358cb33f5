/** One word about many requests: made from requests of which each is believed in nothing, and from what they come to here. */
import { batchOf, weigh, type BatchDocument, type Weight } from "../gate/batch.ts";
import { maxLegs } from "../statement/message.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import * as instant from "../values/instant.ts";
import type { PolicyView } from "../request/api.ts";
import { checkRequest, documentHashes, type Checked, type Shown, type Vote } from "./approval.ts";
import type { Client } from "./client.ts";
import type { Posted } from "./delivery.ts";
import type { WireMessage } from "./wire-message.ts";

export type BatchVote = Omit<Vote, "reason" | "approvalId"> & {
  /** 32 random bytes, new for every word about a batch. */
  readonly batchId: string;
};

/** What somebody is asked to agree to at once, in our own words and sums. */
export type CheckedBatch = {
  /** Each request, in the order of the batch. */
  readonly requests: readonly Checked[];
  readonly weight: Weight;
  /** What travels beside the statement. */
  readonly document: BatchDocument;
};

/**
 * Recomputes every word and hash of every request, and what they come to. Throws `InvalidValue`: `client.untrue` when the server says
 * anything else than we compute, `client.batch` for a request that is named twice or for too many, `batch.single` for fewer than two, `batch.*` when they have too little in common.
 */
export function checkBatch(views: readonly Shown[], policies: readonly PolicyView[]): CheckedBatch {
  if (views.length > maxLegs)
    throw new InvalidValue("client.batch", `a batch has at most ${maxLegs} requests, not ${views.length}`, "requests");
  return addUp(views.map((view) => checkRequest(view, policies)));
}

/** What requests come to that were checked one by one. Throws `InvalidValue` as `checkBatch` does. */
export function addUp(checked: readonly Checked[]): CheckedBatch {
  const requests = [...checked].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const twice = requests.find((one, index) => index > 0 && idOf(one) === idOf(requests[index - 1] ?? one));
  if (twice !== undefined)
    throw new InvalidValue("client.batch", `request \`${idOf(twice)}\` is named twice`, "requests");
  const submissions = requests.map(({ submission }) => submission);
  return {
    requests,
    weight: weigh(submissions, requests[0]?.policy.token.decimals ?? 0),
    document: batchOf(submissions),
  };
}

function idOf({ submission }: Checked): bytes32.Bytes32 {
  return submission.requestId;
}

/** The message that covers exactly these requests, and the list of them that travels beside it. */
export function batchMessage(
  views: readonly Shown[],
  vote: BatchVote,
): { readonly message: WireMessage<"BatchApproval">; readonly document: BatchDocument } {
  const { weight, document } = checkBatch(views, vote.policies);
  return { message: batchWord(weight, vote), document };
}

/** Of requests that were checked one by one. */
export function batchWord(weight: Weight, vote: BatchVote): WireMessage<"BatchApproval"> {
  const { operation, asset, chainId, count, total, totalText, largest, merkleRoot } = weight;
  return {
    decision: vote.decision,
    operation,
    asset,
    chainId,
    count,
    total: total.toString(),
    totalText,
    largest: largest.toString(),
    merkleRoot,
    ...documentHashes(vote, asset),
    expiresAt: instant.parse(vote.expiresAt),
    batchId: bytes32.parse(vote.batchId),
  };
}

/** Signs it with the client's own credential and posts it with its list. */
export async function approveBatch(
  client: Pick<Client, "say">,
  views: readonly Shown[],
  vote: BatchVote,
): Promise<Posted> {
  const { message, document } = batchMessage(views, vote);
  return await client.say("BatchApproval", message, {
    kind: document.kind,
    legs: document.legs.map((leg) => ({ ...leg })),
  });
}
