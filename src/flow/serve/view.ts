/** A request as its readers see it: plain values, words for people, the votes and vetoes, and the history. */
import { furtherIn } from "../../intent/further-argument.ts";
import { sentence } from "../../intent/words.ts";
import { alarmOf } from "../../request/alarm.ts";
import { leavesOpen } from "../../request/closing.ts";
import { redemptionOf } from "../../request/releasing.ts";
import type { Request } from "../../request/request.ts";
import type { Envelope } from "../../statement/envelope.ts";
import { readStatement } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { toWire } from "../../values/wire.ts";
import type { Happening, MirroredStatement, Store } from "./store.port.ts";

export type View = {
  readonly requestId: Bytes32;
  readonly state: string;
  readonly waitsFor: string;
  readonly initiator: Name;
  readonly submission: Json;
  readonly words: string;
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
};

type Vote = { readonly person: Name; readonly decision: string; readonly reason: string; readonly at: Instant };

/** `decimals` are those of the asset's policy in force. */
export async function viewOf(
  store: Pick<Store, "statements" | "history">,
  request: Request,
  { decimals, now }: { readonly decimals: number; readonly now: Instant },
): Promise<View> {
  const { requestId, state, waitsFor, initiator, submission, nonce, createdAt, updatedAt } = request;
  const { signed, mined, settled } = request;
  const said = [...(await store.statements("Approval", requestId)), ...(await store.statements("Veto", requestId))];
  return {
    requestId,
    state,
    waitsFor,
    initiator,
    submission: toWire(submission),
    words: sentence({ ...submission, ...furtherIn(submission) }, decimals),
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
export async function signedAbout(store: Pick<Store, "statements">, requestId: Bytes32): Promise<readonly Envelope[]> {
  const kinds = ["Submission", "Approval", "Veto"] as const;
  const lists = await Promise.all(kinds.map((kind) => store.statements(kind, requestId)));
  return lists.flat().map(({ envelope }) => envelope);
}

function closingOf(request: Request): View["closing"] {
  const { closing } = request;
  if (closing === null) return leavesOpen(request) ? { why: "its nonce is open", txHash: null, closed: false } : null;
  return { why: closing.why, txHash: closing.signed?.txHash ?? null, closed: closing.closed };
}

function voteIn({ envelope, member, at }: MirroredStatement, intentHash: Bytes32): readonly Vote[] {
  const { kind, message } = readStatement(envelope);
  if (kind === "Approval") return [{ person: member, decision: message.decision, reason: message.reason, at }];
  if (kind !== "Veto" || message.intentHash !== intentHash) return [];
  return [{ person: member, decision: "veto", reason: message.reason, at }];
}
