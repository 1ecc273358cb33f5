/** A request as the service keeps it, and the one function that changes it. */
import { z } from "zod";
import { intentSchema } from "../intent/intent.ts";
import { decisionSchema } from "../policy/decision.ts";
import type { Submission } from "../statement/message.ts";
import { InvariantViolation } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import { bytes32Schema, countSchema, hexSchema, instantSchema, nameSchema } from "../values/schema.ts";
import type { Event } from "./event.ts";
import { next } from "./moves.ts";
import { retryAt } from "./retry.ts";
import { stateSchema } from "./state.ts";
import { sentenceAfter } from "./waits.ts";

const submissionSchema = intentSchema.extend({
  requestId: bytes32Schema,
  amountText: z.string(),
  details: z.string(),
  intentHash: bytes32Schema,
});

/** The nonce of a request that ended without using it; `closing.ts` says how it goes on. */
const closingSchema = z.strictObject({
  /** What closing waits for, or that it is done. */
  why: z.string(),
  /** The filler, once there is one. */
  signed: z.strictObject({ raw: hexSchema, txHash: bytes32Schema }).nullable(),
  sent: z.boolean(),
  /** Enough observers saw the nonce used in a final block. */
  closed: z.boolean(),
});

export type Closing = z.output<typeof closingSchema>;

export const requestSchema = z.strictObject({
  requestId: bytes32Schema,
  /** Index of the submission in the gate's log. */
  leaf: countSchema,
  initiator: nameSchema,
  submission: submissionSchema,
  state: stateSchema,
  waitsFor: z.string(),
  /** The last one the gate gave. */
  decision: decisionSchema.nullable(),
  nonce: countSchema.nullable(),
  /** The signed bytes; once they are here they never change. */
  signed: z.strictObject({ raw: hexSchema, txHash: bytes32Schema }).nullable(),
  mined: z.strictObject({ blockNumber: countSchema, blockHash: bytes32Schema }).nullable(),
  /** What becomes of its nonce when the request ended without using it. */
  closing: closingSchema.nullable().default(null),
  /** Tries in vain since something was last learned. */
  attempts: countSchema,
  /** When its duty is next tried. */
  dueAt: instantSchema,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  /** Grows by one with every change, so that two writers notice each other. */
  revision: countSchema,
});

export type Request = z.output<typeof requestSchema>;

export type Opening = {
  readonly submission: Submission;
  readonly initiator: Name;
  readonly leaf: number;
  readonly at: Instant;
};

/** A request as it is when the gate has just stored its submission. */
export function opened({ submission, initiator, leaf, at }: Opening): Request {
  return {
    requestId: submission.requestId,
    leaf,
    initiator,
    submission,
    state: "submitted",
    waitsFor: "waits for the gate to decide",
    decision: null,
    nonce: null,
    signed: null,
    mined: null,
    closing: null,
    attempts: 0,
    dueAt: at,
    createdAt: at,
    updatedAt: at,
    revision: 0,
  };
}

export type Applied =
  /** `noted` is false when nothing that a reader would see has changed. */
  | { readonly kind: "moved"; readonly request: Request; readonly noted: boolean }
  /** The event does not happen in this state; the request stays as it is. */
  | { readonly kind: "ignored" };

/** Throws `InvariantViolation` when an event would replace bytes or a nonce that are already there. */
export function apply(request: Request, event: Event, at: Instant): Applied {
  const state = next(request.state, event);
  if (state === undefined) return { kind: "ignored" };
  const learned = { ...request, ...learnedFrom(request, event), state };
  const waitsFor = event.kind === "woken" ? request.waitsFor : sentenceAfter(event);
  const moved = state !== request.state || event.kind === "mined";
  const noted = moved || waitsFor !== request.waitsFor;
  const attempts = moved || event.kind === "woken" ? 0 : request.attempts + 1;
  const dueAt = dueAfter({ ...learned, attempts }, event, at);
  return {
    kind: "moved",
    noted,
    request: {
      ...learned,
      waitsFor,
      attempts,
      dueAt,
      updatedAt: noted ? at : request.updatedAt,
      revision: request.revision + 1,
    },
  };
}

function learnedFrom(request: Request, event: Event): Partial<Request> {
  switch (event.kind) {
    case "held":
    case "refused":
      return { decision: event.decision ?? request.decision };
    case "cleared":
      return { decision: event.decision };
    case "allocated":
      return { nonce: sameNonce(request, event.nonce), decision: event.decision ?? request.decision };
    case "signed":
      if (request.signed !== null && request.signed.raw !== event.raw)
        throw new InvariantViolation(`request ${request.requestId} has other signed bytes already`);
      return { nonce: sameNonce(request, event.nonce), signed: { raw: event.raw, txHash: event.txHash } };
    case "mined":
      return { mined: { blockNumber: event.blockNumber, blockHash: event.blockHash } };
    case "orphaned":
      return { mined: null };
    default:
      return {};
  }
}

function sameNonce(request: Request, nonce: number | null): number | null {
  if (request.nonce !== null && nonce !== null && request.nonce !== nonce) {
    throw new InvariantViolation(`request ${request.requestId} has nonce ${request.nonce}, not ${nonce}`);
  }
  return nonce ?? request.nonce;
}

/** A new state has its duty at once; what was tried in vain, or needs people or a block, is tried later. */
function dueAfter(request: Request, event: Event, at: Instant): Instant {
  if (event.kind === "held") return heldUntil(request, at);
  if (request.attempts > 0 || event.kind === "permitted" || event.kind === "orphaned" || event.kind === "escalated") {
    return retryAt(request.state, Math.max(1, request.attempts), at);
  }
  return at;
}

/** People end a lack of seats and wake the request when they do; time and evidence are asked for. */
function heldUntil(request: Request, at: Instant): Instant {
  const late = retryAt(request.state, Number.MAX_SAFE_INTEGER, at);
  const { missing = [], notBefore = null } = request.decision ?? {};
  if (missing.length > 0) return late;
  if (notBefore !== null && notBefore > at) return notBefore < late ? notBefore : late;
  return retryAt(request.state, Math.max(1, request.attempts), at);
}
