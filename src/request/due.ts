/** The one thing to do for a request now. */
import type { Bytes32 } from "../values/bytes32.ts";
import { InvariantViolation } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { Instant } from "../values/instant.ts";
import { leavesOpen } from "./closing.ts";
import { isOwing, redemptionOf } from "./releasing.ts";
import { signedOn, type Request } from "./request.ts";
import { isEnd } from "./state.ts";

export type Duty =
  /** Ended, or only a person can go on. */
  | { readonly kind: "rest" }
  | { readonly kind: "await"; readonly until: Instant }
  /** Ask what the gate would answer, without a write. */
  | { readonly kind: "ask-gate" }
  | { readonly kind: "sign" }
  /** Ask the gate for the filler of a nonce that an ended request left open. */
  | { readonly kind: "fill" }
  | { readonly kind: "send-filler"; readonly raw: Hex; readonly txHash: Bytes32 }
  /** The newest first, as for a receipt. */
  | { readonly kind: "look-for-filler"; readonly txHashes: readonly Bytes32[] }
  /** Ask the gate for the instruction to release what backed burned tokens. */
  | { readonly kind: "release" }
  /** Nobody said in time that what was released came to its destination. */
  | { readonly kind: "remind" }
  | { readonly kind: "broadcast"; readonly raw: Hex; readonly txHash: Bytes32 }
  /** Of any transaction signed on the nonce, the newest first. */
  | { readonly kind: "look-for-receipt"; readonly txHashes: readonly Bytes32[] }
  | {
      readonly kind: "check-finality";
      readonly txHash: Bytes32;
      readonly blockNumber: number;
      readonly blockHash: Bytes32;
    };

export function due(request: Request, now: Instant): Duty {
  const duty = dutyOf(request);
  return duty.kind !== "rest" && request.dueAt > now ? { kind: "await", until: request.dueAt } : duty;
}

function dutyOf(request: Request): Duty {
  const { state } = request;
  if (isEnd(state)) return isOwing(request) ? releaseDuty(request) : closingDuty(request);
  switch (state) {
    case "submitted":
    case "pending":
      return { kind: "ask-gate" };
    case "ready":
    case "allocated":
    case "signing":
      return { kind: "sign" };
    case "signed":
      return { kind: "broadcast", ...signedOf(request) };
    case "broadcast":
      return { kind: "look-for-receipt", txHashes: hashesOf(request) };
    case "mined":
      return { kind: "check-finality", ...minedOf(request) };
    // A transaction whose nonce seemed lost may still be found; one that did something else is for a person.
    case "needs-operator":
      return soughtDuty(request);
  }
}

function soughtDuty(request: Request): Duty {
  const seen = request.mined ?? request.settled;
  return seen === null ? { kind: "look-for-receipt", txHashes: hashesOf(request) } : { kind: "rest" };
}

/** Until somebody says that it was delivered. */
function releaseDuty(request: Request): Duty {
  const instruction = redemptionOf(request)?.instruction ?? null;
  return { kind: instruction === null ? "release" : "remind" };
}

/** That the nonce is closed, only the gate's log says. */
function closingDuty(request: Request): Duty {
  if (!leavesOpen(request)) return { kind: "rest" };
  const { closing } = request;
  const signed = closing?.signed ?? null;
  if (signed === null) return { kind: "fill" };
  return closing?.sent === true
    ? { kind: "look-for-filler", txHashes: hashesOf(request) }
    : { kind: "send-filler", ...signed };
}

function minedOf(request: Request): Omit<Extract<Duty, { kind: "check-finality" }>, "kind"> {
  const { mined } = request;
  if (mined === null) throw new InvariantViolation(`request ${request.requestId} is mined in no block`);
  return { ...mined, txHash: mined.txHash ?? signedOf(request).txHash };
}

function hashesOf(request: Request): readonly Bytes32[] {
  return signedOn(request).map(({ txHash }) => txHash);
}

function signedOf(request: Request): NonNullable<Request["signed"]> {
  if (request.signed === null)
    throw new InvariantViolation(`request ${request.requestId} is ${request.state} without signed bytes`);
  return request.signed;
}
