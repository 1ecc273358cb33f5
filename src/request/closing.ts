/** The nonce that an ended request leaves open: a filler is signed, sent and awaited, while the request stays what it is. */
import type { Bytes32 } from "../values/bytes32.ts";
import { InvariantViolation } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { Instant } from "../values/instant.ts";
import type { Problem, SignAnswer } from "../gate/wire.ts";
import type { Applied, Closing, Request } from "./request.ts";
import { closingAt } from "./retry.ts";
import { isEnd } from "./state.ts";

/** Past participles, as all events; none of them moves the request to another state. */
export type ClosingEvent =
  /** The log says which nonce the request has: the gate's answer may have told of its permit or its end first. */
  | { readonly kind: "numbered"; readonly nonce: number }
  | { readonly kind: "filled"; readonly raw: Hex; readonly txHash: Bytes32 }
  | { readonly kind: "dispatched" }
  /** No endpoint has the filler any more. */
  | { readonly kind: "lost" }
  | { readonly kind: "closed" }
  | { readonly kind: "delayed"; readonly why: string };

const kinds: ReadonlySet<string> = new Set<ClosingEvent["kind"]>([
  "numbered",
  "filled",
  "dispatched",
  "lost",
  "closed",
  "delayed",
]);

export function isClosing(event: { readonly kind: string }): event is ClosingEvent {
  return kinds.has(event.kind);
}

/** Whether the request ended with its nonce taken and not used yet. */
export function leavesOpen({ state, nonce, signed, closing }: Request): boolean {
  return isEnd(state) && nonce !== null && signed === null && closing?.closed !== true;
}

const none: Closing = { why: "waits for the gate to sign a filler", signed: null, sent: false, closed: false };

/** Throws `InvariantViolation` when an event would replace a nonce that is there. */
export function close(request: Request, event: ClosingEvent, at: Instant): Applied {
  const before = request.closing ?? none;
  if (event.kind === "numbered") return number(request, event.nonce, at);
  if (!leavesOpen(request)) return { kind: "ignored" };
  const after = closingAfter(before, event);
  const isKnown = event.kind === "filled" && request.earlier.some(({ raw }) => raw === event.raw);
  if (after === undefined || isKnown) return { kind: "ignored" };
  const isNews = event.kind !== "delayed";
  const attempts = isNews ? 0 : request.attempts + 1;
  const noted = isNews || after.why !== before.why;
  return {
    kind: "moved",
    noted,
    request: {
      ...request,
      ...sending(request, event, at),
      closing: after,
      attempts,
      dueAt: isNews && event.kind !== "dispatched" ? at : closingAt(Math.max(1, attempts), at),
      updatedAt: noted ? at : request.updatedAt,
      revision: request.revision + 1,
    },
  };
}

/** A dearer filler leaves the one before it among what may still be mined. */
function sending(request: Request, event: ClosingEvent, at: Instant): Partial<Request> {
  const before = request.closing?.signed ?? null;
  if (event.kind === "dispatched") return { sentAt: request.sentAt ?? at };
  if (event.kind !== "filled") return {};
  return { sentAt: null, earlier: before === null ? request.earlier : [...request.earlier, before] };
}

function number(request: Request, nonce: number, at: Instant): Applied {
  if (request.nonce === nonce) return { kind: "ignored" };
  if (request.nonce !== null)
    throw new InvariantViolation(`request ${request.requestId} has nonce ${request.nonce}, not ${nonce}`);
  const numbered = { ...request, nonce, revision: request.revision + 1 };
  const isOpen = leavesOpen(numbered);
  return {
    kind: "moved",
    noted: isOpen,
    request: isOpen ? { ...numbered, attempts: 0, dueAt: at, updatedAt: at } : numbered,
  };
}

/** Undefined when it does not happen. */
function closingAfter(before: Closing, event: Exclude<ClosingEvent, { kind: "numbered" }>): Closing | undefined {
  switch (event.kind) {
    case "filled":
      if (before.signed?.raw === event.raw) return undefined;
      return {
        ...before,
        signed: { raw: event.raw, txHash: event.txHash },
        sent: false,
        why: "the filler is signed, waits to be sent",
      };
    case "dispatched":
      return before.signed === null ? undefined : { ...before, sent: true, why: "the filler waits for a block" };
    case "lost":
      return before.sent ? { ...before, sent: false, why: "the chain lost the filler; it is sent again" } : undefined;
    case "closed":
      return { ...before, closed: true, why: "closed by a filler: nothing of the request was ever sent" };
    case "delayed":
      return { ...before, why: event.why };
  }
}

/** What the gate's answer means for the nonce; `witnesses` says which of them are waited for, once they were asked. */
export function closingEventOf(
  answer: SignAnswer | Problem,
  witnesses = "waits for witnesses to cosign the log",
): ClosingEvent {
  switch (answer.kind) {
    case "signed":
      return { kind: "filled", raw: answer.raw, txHash: answer.txHash };
    case "signing":
      return { kind: "delayed", why: `the filler waits for ${answer.needs}` };
    case "needs-cosignature":
      return { kind: "delayed", why: `the filler ${witnesses}` };
    case "refused":
      return { kind: "delayed", why: `its nonce is open: ${answer.why} (${answer.code})` };
    case "decided":
    case "released":
      return { kind: "delayed", why: "its nonce is open, and the gate was not asked to close it" };
    case "problem":
      return {
        kind: "delayed",
        why: `its nonce is open: the gate does not answer: ${answer.message} (${answer.code})`,
      };
  }
}
