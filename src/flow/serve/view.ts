/** A request as its readers see it: plain values, words for people, the votes and vetoes, and the history. */
import { batchWords } from "../../gate/batch.ts";
import { furtherIn } from "../../intent/further-argument.ts";
import { sentence } from "../../intent/words.ts";
import { alarmOf } from "../../request/alarm.ts";
import { leavesOpen } from "../../request/closing.ts";
import { redemptionOf } from "../../request/releasing.ts";
import type { Request } from "../../request/request.ts";
import type { BatchApproval } from "../../statement/message.ts";
import type { Envelope } from "../../statement/envelope.ts";
import { readStatement } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { toWire } from "../../values/wire.ts";
import { placeIn } from "./batch-trees.ts";
import type { Happening, MirroredStatement, Store } from "./store.port.ts";

export type View = {
  readonly requestId: Bytes32;
  readonly state: string;
  readonly waitsFor: string;
  readonly initiator: Name;
  readonly submission: Json;
  readonly words: string;
  /** Of which distribution it is a part. */
  readonly distribution: Bytes32 | null;
  readonly votes: readonly Vote[];
  readonly nonce: number | null;
  readonly txHash: Bytes32 | null;
  readonly blockNumber: number | null;
  /** What becomes of the nonce of a request that ended without using it. */
  readonly closing: { readonly why: string; readonly txHash: Bytes32 | null; readonly closed: boolean } | null;
  /** The second leg of a redemption, once its burn is final. */
  readonly redemption: Json;
  /** Somebody has to look. */
  readonly alarm: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly events: readonly Happening[];
  readonly signed?: readonly Envelope[];
  readonly batches?: readonly {
    readonly merkleRoot: Bytes32;
    readonly index: number;
    readonly proof: readonly Bytes32[];
  }[];
};

type Vote = {
  readonly person: Name;
  readonly decision: string;
  readonly reason: string;
  readonly at: Instant;
  readonly batch?: Bytes32;
};

/** `decimals` are those of the asset's policy in force. */
export async function viewOf(
  store: Pick<Store, "statements" | "history" | "batchesWith">,
  request: Request,
  { decimals, now }: { readonly decimals: number; readonly now: Instant },
): Promise<View> {
  const { requestId, state, waitsFor, initiator, submission, nonce, createdAt, updatedAt } = request;
  const { signed, mined, settled } = request;
  const further = furtherIn(submission);
  const said = [
    ...(await store.statements("Approval", requestId)),
    ...(await saidOfBatches(store, await store.batchesWith(requestId))),
    ...(await store.statements("Veto", requestId)),
  ];
  return {
    requestId,
    state,
    waitsFor,
    initiator,
    submission: toWire(submission),
    words: sentence({ ...submission, ...further }, decimals),
    distribution: further.distribution ?? null,
    votes: said.flatMap((one) => voteIn(one, submission.intentHash)),
    nonce,
    txHash: settled?.txHash ?? mined?.txHash ?? signed?.txHash ?? null,
    blockNumber: (settled ?? mined)?.blockNumber ?? null,
    closing: closingOf(request),
    redemption: toWire(redemptionOf(request) ?? null),
    alarm: alarmOf(request, now),
    createdAt,
    updatedAt,
    events: await store.history(requestId),
  };
}

/** Everything that people signed about a request, as they signed it. */
export async function signedAbout(
  store: Pick<Store, "statements" | "batchesWith" | "leavesAbout">,
  requestId: Bytes32,
): Promise<Required<Pick<View, "signed" | "batches">>> {
  const kinds = ["Submission", "Approval", "Veto"] as const;
  const lists = await Promise.all(kinds.map((kind) => store.statements(kind, requestId)));
  const roots = await store.batchesWith(requestId);
  const said = [...lists.flat(), ...(await saidOfBatches(store, roots))];
  return {
    signed: said.map(({ envelope }) => envelope),
    batches: (await Promise.all(roots.map((root) => standingIn(store, root, requestId)))).flat(),
  };
}

async function saidOfBatches(
  store: Pick<Store, "statements">,
  roots: readonly Bytes32[],
): Promise<readonly MirroredStatement[]> {
  return (await Promise.all(roots.map((root) => store.statements("BatchApproval", root)))).flat();
}

async function standingIn(
  store: Pick<Store, "leavesAbout">,
  merkleRoot: Bytes32,
  requestId: Bytes32,
): Promise<NonNullable<View["batches"]>> {
  const place = await placeIn(store, merkleRoot, requestId);
  return place === undefined ? [] : [{ merkleRoot, ...place }];
}

function closingOf(request: Request): View["closing"] {
  const { closing } = request;
  if (closing === null) return leavesOpen(request) ? { why: "its nonce is open", txHash: null, closed: false } : null;
  return { why: closing.why, txHash: closing.signed?.txHash ?? null, closed: closing.closed };
}

function voteIn({ envelope, member, at }: MirroredStatement, intentHash: Bytes32): readonly Vote[] {
  const { kind, message } = readStatement(envelope);
  if (kind === "BatchApproval") return [batchVote(message, member, at)];
  if (kind === "Approval") return [{ person: member, decision: message.decision, reason: message.reason, at }];
  if (kind !== "Veto" || message.intentHash !== intentHash) return [];
  return [{ person: member, decision: "veto", reason: message.reason, at }];
}

/** It has no reason of its own: what it says is what it is about. */
function batchVote({ decision, count, totalText, merkleRoot }: BatchApproval, person: Name, at: Instant): Vote {
  return { person, decision, reason: batchWords({ count, totalText }), at, batch: merkleRoot };
}
